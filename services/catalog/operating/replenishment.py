"""Verbs on stock that runs short."""

import argparse
from typing import Any

from services.catalog import contract
from services.catalog.operating.asking import ask, command, show, takes_reason
from services.catalog.usecases.replenish_stock import (
    accept_replenishment,
    dismiss_replenishment,
    list_replenishments,
    propose_replenishments,
)
from services.catalog.usecases.set_replenishment_rule import list_replenishment_rules, set_replenishment_rule
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json


def set_rule(works: Works, options: argparse.Namespace) -> int:
    level = {"least": options.least, "target": options.target, "pack": options.pack, "from_place": options.source}
    where = {"element_id": options.element_id, "place_id": options.place_id, "quiet_hours": options.quiet_hours}
    wish = {**where, **level, "effective_from": options.starting, "reason": options.because}
    return _show_all(command(works, contract.SET_REPLENISHMENT_RULE, set_replenishment_rule, wish), "rules", options)


def list_rules(works: Works, options: argparse.Namespace) -> int:
    asked = {"place_id": options.place}
    found = ask(works, contract.LIST_REPLENISHMENT_RULES, list_replenishment_rules, asked)
    return _show_all(found, "rules", options)


def propose(works: Works, options: argparse.Namespace) -> int:
    return show({"changed": propose_replenishments(works)}, options)


def accept(works: Works, options: argparse.Namespace) -> int:
    told = {"replenishment_id": options.replenishment_id}
    return show(command(works, contract.ACCEPT_REPLENISHMENT, accept_replenishment, told), options)


def dismiss(works: Works, options: argparse.Namespace) -> int:
    told = {"replenishment_id": options.replenishment_id, "reason": options.because}
    return show(command(works, contract.DISMISS_REPLENISHMENT, dismiss_replenishment, told), options)


def list_all(works: Works, options: argparse.Namespace) -> int:
    asked = {"status": options.status, "place_id": options.place, "limit": options.most}
    found = ask(works, contract.LIST_REPLENISHMENTS, list_replenishments, asked)
    return _show_all(found, "replenishments", options)


def _show_all(found: dict[str, Any], name: str, options: argparse.Namespace) -> int:
    if options.json:
        say_json(found)
        return DONE
    for one in found[name]:
        print(brief(one))
    return DONE


def _takes_rule(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("element_id", metavar="ELEMENT")
    parser.add_argument("place_id", metavar="PLACE")
    parser.add_argument("--least", type=int, default=0, metavar="UNITS", help="fewer are too few")
    parser.add_argument("--target", type=int, metavar="UNITS", help="how many there shall be; if not said, no rule")
    parser.add_argument("--pack", type=int, default=1, metavar="UNITS", help="ordered by so many")
    parser.add_argument("--source", metavar="PLACE", help="where it comes from; if not said, from the supplier")
    parser.add_argument("--quiet-hours", type=int, default=24, metavar="N", help="after a proposal was dismissed")
    parser.add_argument("--from", dest="starting", metavar="INSTANT", help="now, if not said")
    takes_reason(parser)


def _takes_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--place", metavar="PLACE")


def _takes_page(parser: argparse.ArgumentParser) -> None:
    _takes_place(parser)
    parser.add_argument("--status", choices=contract.REPLENISHMENT_STATES)
    parser.add_argument("--most", type=int, default=20, metavar="N", help="20, if not said")


def _takes_proposal(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("replenishment_id", metavar="PROPOSAL")


def _takes_dismissal(parser: argparse.ArgumentParser) -> None:
    _takes_proposal(parser)
    takes_reason(parser)


REPLENISHMENT_VERBS = [
    Verb("replenishment rule", "how little is too little of an element at a place", set_rule, _takes_rule),
    Verb("replenishment rules", "those in force and those to come", list_rules, _takes_place),
    Verb("replenishment propose", "look now, instead of within minutes", propose),
    Verb("replenishment list", "what was proposed, newest first", list_all, _takes_page),
    Verb("replenishment accept", "order what is missing now", accept, _takes_proposal),
    Verb("replenishment dismiss", "not now", dismiss, _takes_dismissal),
]
