"""Verbs on rules: which there are, what they say on a day, and what they are to say from a day on."""

import argparse
from collections.abc import Iterable
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.refusal import Refused
from services.chassis.showing import say_json, table
from services.points import contract
from services.points.domain.rules import RULES, Row, Rule
from services.points.operating.expiry import takes_day, takes_start
from services.points.storage.rule_rows import KEPT, rows_in_force, rows_to_come
from services.points.usecases.set_rule import declared_rule, set_rule

NOTHING = "-"


def list_rules(works: Works, options: argparse.Namespace) -> int:
    if options.json:
        say_json([_declaration(rule) for rule in RULES.values()])
    else:
        rows = [(rule.name, f"{rule.decides}:", " ".join(rule.field_names)) for rule in RULES.values()]
        print("\n".join(_flush_left(rows)))
    return DONE


def show_rule(works: Works, options: argparse.Namespace) -> int:
    rule = declared_rule(options.name)
    with works.begin() as work:
        day = options.on or local_date(work.now)
        found = {"in_force": rows_in_force(work, rule, day), "to_come": rows_to_come(work, rule, day)}
    if options.json:
        say_json(found)
        return DONE
    print(f"{rule.name}: {rule.decides}\n")
    print("\n".join(_legend(rule)))
    print("\n".join(["", f"in force on {day}", *_rows(rule, found["in_force"])]))
    print("\n".join(["", "to come", *_rows(rule, found["to_come"])]))
    return DONE


def change_rule(works: Works, options: argparse.Namespace) -> int:
    request = {
        "rule": options.name,
        "fields": _typed_once(options.fields),
        "effective_from": options.starting,
        "dry_run": options.dry_run,
    }
    answer = works.run(set_rule, request)
    if options.json:
        say_json(answer)
    else:
        print("\n".join(_told(RULES[options.name], answer, options.dry_run)))
    return DONE


def _typed_once(typed: Iterable[tuple[str, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, said in typed:
        if name in fields:
            raise Refused(contract.RULE_FIELD_INVALID, f"{name} is said twice", field=name)
        fields[name] = said
    return fields


def _told(rule: Rule, answer: dict[str, Any], dry_run: bool) -> list[str]:
    before, day = answer["replaces"], answer["effective_from"]
    since = f"since {before['effective_from']}" if before else "before"
    fields = [(name, _said(rule, before, name), _said(rule, answer["row"], name)) for name in rule.field_names]
    until = f" until {answer['until']}, when another row takes over" if answer["until"] else ""
    done = "it says so already: nothing to write"
    if answer["written"]:
        done = f"written by {answer['actor']}"
    elif before is None or answer["row"] != rule.said_by(before):
        done = "a dry run: nothing was written"
    breaches = [f"! {each['what']}: broken from {each['since']} on, until {each['says']}" for each in answer["told"]]
    return [
        *table([(rule.name, since, f"from {day}"), *fields]),
        f"{done}{until if dry_run or answer['written'] else ''}",
        *breaches,
    ]


def _rows(rule: Rule, rows: Iterable[Row]) -> list[str]:
    lines = [
        [*(_said(rule, row, name) for name in rule.field_names), *(str(row[name]) for name in KEPT)] for row in rows
    ]
    return table([(*rule.field_names, *KEPT), *lines])


def _said(rule: Rule, row: Row | None, name: str) -> str:
    """As it would be typed."""
    field = rule.field_of(name)
    return (field.kind.shown(row[name]) if field and row else "") or NOTHING


def _legend(rule: Rule) -> list[str]:
    fields = [(f"{each.name}=", str(each.means), f"({each.kind.expected})") for each in rule.fields]
    named = [(name, str(each.means), f"({each.least} to {each.largest})") for name, each in rule.named.items()]
    return [*_flush_left(fields), *(["", *_flush_left(named)] if named else [])]


def _flush_left(rows: list[tuple[str, str, str]]) -> list[str]:
    """The first column as wide as it must be; the others follow as they come."""
    width = max(len(first) for first, _, _ in rows)
    return [f"{first:<{width}}  {second} {third}" for first, second, third in rows]


def _declaration(rule: Rule) -> dict[str, Any]:
    fields = [
        {"name": each.name, "expected": each.kind.expected, "means": each.means._asdict()} for each in rule.fields
    ]
    named = [{"name": name, **vars(each), "means": each.means._asdict()} for name, each in rule.named.items()]
    declared = {"name": rule.name, "decides": rule.decides._asdict(), "scope": list(rule.scope), "fields": fields}
    return declared | ({"named": named} if named else {})


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
        "fields", nargs="+", type=_assignment, metavar="field=value", help="the others stay; field= is nothing"
    )
    takes_start(parser)
    parser.add_argument("--dry-run", action="store_true", help="only show what would be written, and what it replaces")


RULE_VERBS = [
    Verb("rule list", "which rules there are, and what they decide", list_rules),
    Verb("rule show", "what one says, in force on a day and to come", show_rule, _takes_name_and_day),
    Verb("rule set", "what it is to say from a day on", change_rule, _takes_row),
]
