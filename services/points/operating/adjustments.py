"""Verbs on adjustments: one person requests, another approves. Many lines come as CSV: member_id,points."""

import argparse
import csv
import sys
from collections.abc import Iterable
from typing import Any

from services.chassis.data.work import Works
from services.chassis.ids import new_id
from services.chassis.operations import DONE, Verb
from services.chassis.refusal import Refused
from services.chassis.showing import brief, say_json
from services.points import contract
from services.points.operating.asking import ask, takes_page, takes_reason
from services.points.usecases.approve_adjustment import approve_adjustment
from services.points.usecases.list_adjustments import get_adjustment, list_adjustments
from services.points.usecases.reject_adjustment import reject_adjustment
from services.points.usecases.request_adjustment import request_adjustment

COLUMNS = ["member_id", "points"]


def request(works: Works, options: argparse.Namespace) -> int:
    asked = {"unit": options.unit, "reason": options.because, "lines": _lines(options)}
    loaded = contract.REQUEST_ADJUSTMENT.load_request({"request_id": new_id("req"), **asked})
    return _show(works.once(contract.REQUEST_ADJUSTMENT, request_adjustment, loaded), options)


def approve(works: Works, options: argparse.Namespace) -> int:
    asked = {"request_id": new_id("req"), "adjustment_id": options.adjustment_id}
    return _show(works.run(approve_adjustment, contract.APPROVE_ADJUSTMENT.load_request(asked)), options)


def reject(works: Works, options: argparse.Namespace) -> int:
    asked = {"request_id": new_id("req"), "adjustment_id": options.adjustment_id, "reason": options.because}
    loaded = contract.REJECT_ADJUSTMENT.load_request(asked)
    return _show(works.once(contract.REJECT_ADJUSTMENT, reject_adjustment, loaded), options)


def show(works: Works, options: argparse.Namespace) -> int:
    found = ask(works, contract.GET_ADJUSTMENT, get_adjustment, {"adjustment_id": options.adjustment_id})
    if options.json:
        say_json(found)
        return DONE
    lines = found.pop("all_lines")
    print(_words(found))
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([line[column] for column in COLUMNS] for line in lines)
    return DONE


def list_all(works: Works, options: argparse.Namespace) -> int:
    asked = {"state": options.state, "limit": options.most, "before": options.before}
    page = ask(works, contract.LIST_ADJUSTMENTS, list_adjustments, asked)
    if options.json:
        say_json(page)
        return DONE
    for adjustment in page["adjustments"]:
        print(_words(adjustment))
    if page["next_before"]:
        print(f"more: --before {page['next_before']}")
    return DONE


def _lines(options: argparse.Namespace) -> list[dict[str, Any]]:
    if options.member:
        return [{"member_id": options.member, "points": options.points}]
    with options.file as file:
        return [_line(place, row) for place, row in enumerate(_rows(file), start=1)]


def _rows(file: Iterable[str]) -> Iterable[list[str]]:
    rows = csv.reader(file)
    header = next(rows, None)
    if header != COLUMNS:
        raise Refused(contract.ADJUSTMENT_LINES_WRONG, f"the first line is {','.join(COLUMNS)}")
    return rows


def _line(place: int, row: list[str]) -> dict[str, Any]:
    try:
        member_id, points = row
        return {"member_id": member_id, "points": int(points)}
    except ValueError:
        raise Refused(contract.ADJUSTMENT_LINES_WRONG, "not a member and a whole number", line=place) from None


def _show(answer: dict[str, Any], options: argparse.Namespace) -> int:
    if options.json:
        say_json(answer)
    else:
        print(brief(answer))
    return DONE


def _words(adjustment: dict[str, Any]) -> str:
    return brief({name: value for name, value in adjustment.items() if value is not None})


def _takes_request(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "file", nargs="?", type=argparse.FileType(encoding="utf-8"), metavar="FILE", help="CSV; - for stdin"
    )
    what.add_argument("--member", metavar="MEMBER", help="one member alone, with --points")
    parser.add_argument("--points", type=int, default=0, metavar="N", help="> 0 come, < 0 are taken")
    parser.add_argument("--unit", choices=(contract.POINTS, contract.COINS), default=contract.POINTS)
    takes_reason(parser)


def _takes_adjustment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("adjustment_id", metavar="ADJUSTMENT")


def _takes_rejection(parser: argparse.ArgumentParser) -> None:
    _takes_adjustment(parser)
    takes_reason(parser)


def _takes_page(parser: argparse.ArgumentParser) -> None:
    takes_page(parser, contract.ADJUSTMENT_STATES)


ADJUSTMENT_VERBS = [
    Verb("adjustment request", "points for members, or off them; somebody else approves", request, _takes_request),
    Verb("adjustment approve", "post what somebody else requested, all lines or none", approve, _takes_adjustment),
    Verb("adjustment reject", "it is not posted, ever", reject, _takes_rejection),
    Verb("adjustment show", "one of them with its lines", show, _takes_adjustment),
    Verb("adjustment list", "newest first", list_all, _takes_page),
]
