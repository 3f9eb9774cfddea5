"""Verbs on rules: which there are, what they say on a day, and changes: one person asks, another approves."""

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from services.chassis.data.work import Works
from services.chassis.ids import new_id
from services.chassis.operations import DONE, Verb
from services.chassis.refusal import Refused
from services.chassis.showing import say_json
from services.points import contract
from services.points.domain.rules import RULES
from services.points.operating.asking import ask, takes_page, takes_reason
from services.points.operating.expiry import takes_day, takes_start
from services.points.operating.rule_words import NO_CHANGE, asked_for, change_seen, legend, listed, rows_told, written
from services.points.usecases.approve_rule_change import approve_rule_change
from services.points.usecases.list_rule_changes import list_rule_changes
from services.points.usecases.list_rules import get_rule, list_rules
from services.points.usecases.reject_rule_change import reject_rule_change
from services.points.usecases.request_rule_change import draft_rule_change, request_rule_change, told


def list_all(works: Works, options: argparse.Namespace) -> int:
    return _tell(ask(works, contract.LIST_RULES, list_rules, {})["rules"], listed(RULES.values()), options)


def show(works: Works, options: argparse.Namespace) -> int:
    day = options.on and options.on.isoformat()
    found = ask(works, contract.GET_RULE, get_rule, {"rule": options.name, "on": day})
    rule = RULES[options.name]
    in_force, to_come = (rows_told(rule, found[name]) for name in ("in_force", "to_come"))
    words = [*legend(rule), "", f"in force on {found['on']}", *in_force, "", "to come", *to_come]
    return _tell(found, words, options)


def request(works: Works, options: argparse.Namespace) -> int:
    typed = _typed_once(options.says)
    if options.dry_run:
        with works.begin() as work:
            drafted = told(draft_rule_change(work, options.name, typed, options.starting))
        return _tell(drafted, [*asked_for(drafted), NO_CHANGE], options)
    asked = {"rule": options.name, "says": typed, "effective_from": options.starting.isoformat()}
    loaded = contract.REQUEST_RULE_CHANGE.load_request(
        {"request_id": new_id("req"), **asked, "reason": options.because}
    )
    answer = works.once(contract.REQUEST_RULE_CHANGE, request_rule_change, loaded)
    follow = f"{answer['change_id']}: nothing changes until somebody else types: rule approve {answer['change_id']}"
    return _tell(answer, [*asked_for(answer), follow], options)


def approve(works: Works, options: argparse.Namespace) -> int:
    asked = {"request_id": new_id("req"), "change_id": options.change_id}
    loaded = contract.APPROVE_RULE_CHANGE.load_request(asked)
    answer = works.once(contract.APPROVE_RULE_CHANGE, approve_rule_change, loaded)
    return _tell(answer, [*asked_for(answer), written(answer)], options)


def reject(works: Works, options: argparse.Namespace) -> int:
    asked = {"request_id": new_id("req"), "change_id": options.change_id, "reason": options.because}
    loaded = contract.REJECT_RULE_CHANGE.load_request(asked)
    answer = works.once(contract.REJECT_RULE_CHANGE, reject_rule_change, loaded)
    return _tell(answer, [f"{answer['change_id']} is rejected"], options)


def changes(works: Works, options: argparse.Namespace) -> int:
    asked = {"state": options.state, "limit": options.most, "before": options.before}
    page = ask(works, contract.LIST_RULE_CHANGES, list_rule_changes, asked)
    more = [f"more: --before {page['next_before']}"] if page["next_before"] else []
    return _tell(page, [line for change in page["changes"] for line in change_seen(change)] + more, options)


def _tell(answer: Mapping[str, Any] | list[Any], words: Iterable[str], options: argparse.Namespace) -> int:
    if options.json:
        say_json(answer)
    else:
        print("\n".join(words))
    return DONE


def _typed_once(typed: Iterable[tuple[str, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, said in typed:
        if name in fields:
            raise Refused(contract.RULE_FIELD_INVALID, f"{name} is said twice", field=name)
        fields[name] = said
    return fields


def _assignment(typed: str) -> tuple[str, str]:
    name, equals, said = typed.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{typed!r} is not field=value")
    return name, said


def _takes_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="as `rule list` names it")


def _takes_name_and_day(parser: argparse.ArgumentParser) -> None:
    _takes_name(parser)
    takes_day(parser)


def _takes_row(parser: argparse.ArgumentParser) -> None:
    _takes_name(parser)
    parser.add_argument(
        "says", nargs="+", type=_assignment, metavar="field=value", help="the others stay; field= is nothing"
    )
    takes_start(parser)
    why = parser.add_mutually_exclusive_group(required=True)
    why.add_argument("--because", metavar="REASON", help="kept for good")
    why.add_argument("--dry-run", action="store_true", help="only show what would be asked for, and what it replaces")


def _takes_change(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("change_id", metavar="CHANGE")


def _takes_rejection(parser: argparse.ArgumentParser) -> None:
    _takes_change(parser)
    takes_reason(parser)


def _takes_page(parser: argparse.ArgumentParser) -> None:
    takes_page(parser, contract.RULE_CHANGE_STATES)


RULE_VERBS = [
    Verb("rule list", "which rules there are, and what they decide", list_all),
    Verb("rule show", "what one says, in force on a day and to come", show, _takes_name_and_day),
    Verb("rule set", "ask for what it is to say from a day on; somebody else approves", request, _takes_row),
    Verb("rule changes", "what was asked for, newest first", changes, _takes_page),
    Verb("rule approve", "it says what somebody else asked for", approve, _takes_change),
    Verb("rule reject", "it does not, ever", reject, _takes_rejection),
]
