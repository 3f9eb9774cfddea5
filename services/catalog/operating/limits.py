"""Verbs on limits: how much of something one member may get, from when on."""

import argparse

from services.catalog import contract
from services.catalog.operating.asking import ask, command, show, takes_reason
from services.catalog.usecases.set_limit import list_limits, set_limit
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json


def set_one(works: Works, options: argparse.Namespace) -> int:
    most = None if options.lifted else options.most
    window = {"window_from": options.window_from, "window_until": options.window_until}
    decided = {"subject": options.subject, "period": options.period, "most": most, "reason": options.because}
    wish = {**decided, **window, "effective_from": options.starting}
    return show(command(works, contract.SET_LIMIT, set_limit, wish), options)


def list_all(works: Works, options: argparse.Namespace) -> int:
    found = ask(works, contract.LIST_LIMITS, list_limits, {"subject": options.subject})["limits"]
    if options.json:
        say_json(found)
        return DONE
    for limit in found:
        print(brief({name: value for name, value in limit.items() if value is not None}))
    return DONE


def _takes_limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", metavar="ID", help="goods, a SKU or an element")
    parser.add_argument("--period", required=True, choices=contract.LIMIT_PERIODS)
    how_many = parser.add_mutually_exclusive_group(required=True)
    how_many.add_argument("--most", type=int, metavar="N", help="pieces, or units of an element, a member")
    how_many.add_argument("--lifted", action="store_true", help="no limit any more")
    parser.add_argument("--window-from", metavar="INSTANT", help="of a campaign: 2026-12-12T00:00:00+08:00")
    parser.add_argument("--window-until", metavar="INSTANT", help="of a campaign")
    parser.add_argument("--from", dest="starting", metavar="INSTANT", help="now, if not said")
    takes_reason(parser)


def _takes_subject(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", nargs="?", metavar="ID", help="all, if not said")


LIMIT_VERBS = [
    Verb("limit set", "how much of something one member may get in a period", set_one, _takes_limit),
    Verb("limit list", "limits that hold now, and what is decided for later", list_all, _takes_subject),
]
