"""Verbs on when goods are on sale."""

import argparse

from services.catalog import contract
from services.catalog.operating.asking import ask, command, takes_reason
from services.catalog.usecases.schedule_sale import end_sale, list_sale_windows, schedule_sale
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json


def add(works: Works, options: argparse.Namespace) -> int:
    wish = {"begins_at": options.starting, "ends_at": options.until, "reason": options.because}
    return _show(command(works, contract.SCHEDULE_SALE, schedule_sale, {"goods_id": options.goods_id, **wish}), options)


def end(works: Works, options: argparse.Namespace) -> int:
    wish = {"goods_id": options.goods_id, "ends_at": options.at, "reason": options.because}
    return _show(command(works, contract.END_SALE, end_sale, wish), options)


def show(works: Works, options: argparse.Namespace) -> int:
    return _show(ask(works, contract.LIST_SALE_WINDOWS, list_sale_windows, {"goods_id": options.goods_id}), options)


def _show(schedule: dict, options: argparse.Namespace) -> int:
    if options.json:
        say_json(schedule)
        return DONE
    for window in schedule["windows"]:
        print(brief({name: value for name, value in window.items() if value is not None}))
    return DONE


def _takes_goods(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("goods_id", metavar="GOODS")


def _takes_window(parser: argparse.ArgumentParser) -> None:
    _takes_goods(parser)
    parser.add_argument("--from", dest="starting", metavar="INSTANT", help="2026-12-12T00:00:00+08:00; or now")
    parser.add_argument("--until", metavar="INSTANT", help="without end, if not said")
    takes_reason(parser)


def _takes_end(parser: argparse.ArgumentParser) -> None:
    _takes_goods(parser)
    parser.add_argument("--at", metavar="INSTANT", help="now, if not said")
    takes_reason(parser)


SCHEDULE_VERBS = [
    Verb("sale schedule", "put goods on sale for a window of time", add, _takes_window),
    Verb("sale end", "take goods off sale, and call off what was planned for later", end, _takes_end),
    Verb("sale list", "when goods were, are and will be on sale", show, _takes_goods),
]
