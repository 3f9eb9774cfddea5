"""Verbs on stock counts."""

import argparse
from collections.abc import Callable
from typing import Any

from services.catalog import contract
from services.catalog.operating.asking import ask, command, read_units, show, takes_reason
from services.catalog.usecases.count_stock import (
    approve_count,
    cancel_count,
    list_counts,
    open_count,
    record_count,
    submit_count,
)
from services.catalog.usecases.set_count_policy import list_count_policies, set_count_policy
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json

Run = Callable[[Works, argparse.Namespace], int]


def open_one(works: Works, options: argparse.Namespace) -> int:
    wish = {"place_id": options.place_id, "element_ids": options.elements, "reason": options.because}
    return show(command(works, contract.OPEN_COUNT, open_count, wish), options)


def record(works: Works, options: argparse.Namespace) -> int:
    units = read_units(options.units, contract.COUNT_LINES_WRONG)
    lines = [{"element_id": element_id, "counted": counted} for element_id, counted in units]
    told = {"count_id": options.count_id, "lines": lines}
    return show(command(works, contract.RECORD_COUNT, record_count, told), options)


def submit(works: Works, options: argparse.Namespace) -> int:
    return show(command(works, contract.SUBMIT_COUNT, submit_count, {"count_id": options.count_id}), options)


def approve(works: Works, options: argparse.Namespace) -> int:
    return show(command(works, contract.APPROVE_COUNT, approve_count, {"count_id": options.count_id}), options)


def cancel(works: Works, options: argparse.Namespace) -> int:
    told = {"count_id": options.count_id, "reason": options.because}
    return show(command(works, contract.CANCEL_COUNT, cancel_count, told), options)


def list_all(works: Works, options: argparse.Namespace) -> int:
    found = ask(works, contract.LIST_COUNTS, list_counts, {"status": options.status, "limit": options.most})
    if options.json:
        say_json(found)
        return DONE
    for count in found["counts"]:
        print(brief({**count, "lines": " ".join(_off(line) for line in count["lines"])}))
    return DONE


def set_policy(works: Works, options: argparse.Namespace) -> int:
    wish = {"most_units": options.most, "effective_from": options.starting, "reason": options.because}
    return _show_policies(command(works, contract.SET_COUNT_POLICY, set_count_policy, wish), options)


def list_policies(works: Works, options: argparse.Namespace) -> int:
    return _show_policies(ask(works, contract.LIST_COUNT_POLICIES, list_count_policies, {}), options)


def _show_policies(found: dict[str, Any], options: argparse.Namespace) -> int:
    if options.json:
        say_json(found)
    else:
        for policy in found["policies"]:
            print(brief(policy))
    return DONE


def _off(line: dict[str, Any]) -> str:
    return f"{line['element_id']}={line['counted']}({line['difference']:+d})"


def _takes_wish(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place_id", metavar="PLACE")
    parser.add_argument("elements", nargs="*", metavar="ELEMENT", help="all that is carried, if none is named")
    takes_reason(parser)


def _takes_count(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("count_id", metavar="COUNT")


def _takes_figures(parser: argparse.ArgumentParser) -> None:
    _takes_count(parser)
    parser.add_argument("units", nargs="+", metavar="ELEMENT=UNITS", help="what lies there now")


def _takes_cancellation(parser: argparse.ArgumentParser) -> None:
    _takes_count(parser)
    takes_reason(parser)


def _takes_page(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--status", choices=contract.COUNT_STATES)
    parser.add_argument("--most", type=int, default=20, metavar="N", help="20, if not said")


def _takes_policy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("most", type=int, metavar="UNITS", help="off or written off, that one person may settle alone")
    parser.add_argument("--from", dest="starting", metavar="INSTANT", help="now, if not said")
    takes_reason(parser)


COUNT_VERBS = [
    Verb("count open", "what lies in a place is to be counted; sales go on", open_one, _takes_wish),
    Verb("count record", "what was counted, at this moment", record, _takes_figures),
    Verb("count submit", "settle the difference, alone if it is small", submit, _takes_count),
    Verb("count approve", "settle what somebody else has submitted", approve, _takes_count),
    Verb("count cancel", "its figures count for nothing", cancel, _takes_cancellation),
    Verb("count list", "newest first", list_all, _takes_page),
    Verb("count-policy set", "how much one person may settle alone", set_policy, _takes_policy),
    Verb("count-policy list", "what is decided, newest first", list_policies),
]
