"""Verbs on consignments: units on their way to a place."""

import argparse
import secrets
from functools import partial
from typing import Any

from services.catalog import contract
from services.catalog.operating.asking import ask, command, read_units, show, takes_reason
from services.catalog.usecases.list_consignments import list_consignments
from services.catalog.usecases.move_consignment import (
    cancel_consignment,
    dispatch_consignment,
    receive_consignment,
)
from services.catalog.usecases.open_consignment import open_consignment
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json

RECEIVE = partial(receive_consignment, random_bytes=secrets.token_bytes)


def open_one(works: Works, options: argparse.Namespace) -> int:
    told = {"kind": options.kind, "from_place": options.from_place, "to_place": options.to_place}
    wish = {**told, "lines": _lines(options.units), "reason": options.because}
    return show(command(works, contract.OPEN_CONSIGNMENT, open_consignment, wish, options.key), options)


def dispatch(works: Works, options: argparse.Namespace) -> int:
    told = {"consignment_id": options.consignment_id}
    return show(command(works, contract.DISPATCH_CONSIGNMENT, dispatch_consignment, told), options)


def receive(works: Works, options: argparse.Namespace) -> int:
    came = {"lines": _lines(options.units), "is_last": options.last, "reason": options.because}
    told = {"consignment_id": options.consignment_id, **came}
    return show(command(works, contract.RECEIVE_CONSIGNMENT, RECEIVE, told, options.key), options)


def cancel(works: Works, options: argparse.Namespace) -> int:
    told = {"consignment_id": options.consignment_id, "reason": options.because}
    return show(command(works, contract.CANCEL_CONSIGNMENT, cancel_consignment, told), options)


def list_all(works: Works, options: argparse.Namespace) -> int:
    asked = {"status": options.status, "place_id": options.place, "limit": options.most}
    found = ask(works, contract.LIST_CONSIGNMENTS, list_consignments, asked)
    if options.json:
        say_json(found)
        return DONE
    for consignment in found["consignments"]:
        lines = " ".join(f"{one['element_id']}={one['arrived']}/{one['quantity']}" for one in consignment["lines"])
        print(brief({**consignment, "lines": lines}))
    return DONE


def _lines(told: list[str]) -> list[dict[str, Any]]:
    units = read_units(told, contract.CONSIGNMENT_LINES_WRONG)
    return [{"element_id": element_id, "quantity": quantity} for element_id, quantity in units]


def _takes_wish(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=contract.CONSIGNMENTS)
    parser.add_argument("to_place", metavar="TO")
    parser.add_argument("units", nargs="+", metavar="ELEMENT=UNITS")
    parser.add_argument("--from", dest="from_place", metavar="PLACE", help="not of what comes from a supplier")
    _takes_reason_and_key(parser)


def _takes_consignment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("consignment_id", metavar="CONSIGNMENT")


def _takes_receipt(parser: argparse.ArgumentParser) -> None:
    _takes_consignment(parser)
    parser.add_argument("units", nargs="*", metavar="ELEMENT=UNITS", help="what arrived now")
    parser.add_argument("--last", action="store_true", help="what is missing then will not come: it is lost")
    _takes_reason_and_key(parser)


def _takes_cancellation(parser: argparse.ArgumentParser) -> None:
    _takes_consignment(parser)
    takes_reason(parser)


def _takes_page(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--status", choices=contract.CONSIGNMENT_STATES)
    parser.add_argument("--place", metavar="PLACE", help="on either side")
    parser.add_argument("--most", type=int, default=20, metavar="N", help="20, if not said")


def _takes_reason_and_key(parser: argparse.ArgumentParser) -> None:
    takes_reason(parser)
    parser.add_argument("--key", default="", help="a number of your own: the same one again is the same request")


CONSIGNMENT_VERBS = [
    Verb("consignment open", "units shall come to a place", open_one, _takes_wish),
    Verb("consignment dispatch", "its units leave their place", dispatch, _takes_consignment),
    Verb("consignment receive", "what arrived, in part or in whole", receive, _takes_receipt),
    Verb("consignment cancel", "what is on its way goes back", cancel, _takes_cancellation),
    Verb("consignment list", "newest first", list_all, _takes_page),
]
