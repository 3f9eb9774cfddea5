"""Verbs on what is damaged, stolen or expired."""

import argparse

from services.catalog import contract
from services.catalog.operating.asking import ask, command, show, takes_reason
from services.catalog.usecases.write_off_stock import (
    approve_write_off,
    list_write_offs,
    reject_write_off,
    write_off_stock,
)
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json


def ask_for_one(works: Works, options: argparse.Namespace) -> int:
    what = {"element_id": options.element_id, "place_id": options.place_id, "quantity": options.quantity}
    wish = {**what, "cause": options.cause, "reason": options.because}
    return show(command(works, contract.WRITE_OFF_STOCK, write_off_stock, wish, options.key), options)


def approve(works: Works, options: argparse.Namespace) -> int:
    told = {"write_off_id": options.write_off_id}
    return show(command(works, contract.APPROVE_WRITE_OFF, approve_write_off, told), options)


def reject(works: Works, options: argparse.Namespace) -> int:
    told = {"write_off_id": options.write_off_id, "reason": options.because}
    return show(command(works, contract.REJECT_WRITE_OFF, reject_write_off, told), options)


def list_all(works: Works, options: argparse.Namespace) -> int:
    asked = {"status": options.status, "place_id": options.place, "limit": options.most}
    found = ask(works, contract.LIST_WRITE_OFFS, list_write_offs, asked)
    if options.json:
        say_json(found)
        return DONE
    for write_off in found["write_offs"]:
        print(brief(write_off))
    return DONE


def _takes_wish(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("element_id", metavar="ELEMENT")
    parser.add_argument("place_id", metavar="PLACE")
    parser.add_argument("quantity", type=int, metavar="UNITS")
    parser.add_argument("cause", choices=contract.WRITE_OFF_CAUSES)
    takes_reason(parser)
    parser.add_argument("--key", default="", help="a number of your own: the same one again is the same request")


def _takes_write_off(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("write_off_id", metavar="WRITE_OFF")


def _takes_rejection(parser: argparse.ArgumentParser) -> None:
    _takes_write_off(parser)
    takes_reason(parser)


def _takes_page(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--status", choices=contract.WRITE_OFF_STATES)
    parser.add_argument("--place", metavar="PLACE")
    parser.add_argument("--most", type=int, default=20, metavar="N", help="20, if not said")


WRITE_OFF_VERBS = [
    Verb("write-off ask", "units are damaged, stolen or expired; much needs another person", ask_for_one, _takes_wish),
    Verb("write-off approve", "what somebody else has asked for", approve, _takes_write_off),
    Verb("write-off reject", "it stays in the books", reject, _takes_rejection),
    Verb("write-off list", "newest first", list_all, _takes_page),
]
