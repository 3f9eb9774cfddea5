"""Verbs on bulk orders that wait for somebody to approve of them."""

import argparse
from collections.abc import Callable
from typing import Any

from services.chassis.data.work import Work, Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import say_json
from services.orders.usecases.approve_order import approve_order, refuse_order

SHOWN = ("order_id", "status", "awaits", "pay_by")


def approve(works: Works, options: argparse.Namespace) -> int:
    return _decide(works, options, approve_order)


def refuse(works: Works, options: argparse.Namespace) -> int:
    return _decide(works, options, refuse_order)


def _decide(works: Works, options: argparse.Namespace, usecase: Callable[[Work, dict[str, Any]], Any]) -> int:
    order = works.run(usecase, {"order_id": options.order_id, "reason": options.because})
    told = {name: order[name] for name in SHOWN}
    if options.json:
        say_json(told)
    else:
        print(" ".join(f"{name}={value}" for name, value in told.items()))
    return DONE


def _takes_decision(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("order_id", metavar="ORDER_ID")
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


APPROVAL_VERBS = [
    Verb("approve", "approve of a bulk order: it can be paid from now on", approve, _takes_decision),
    Verb("refuse", "refuse a bulk order: everything is given back", refuse, _takes_decision),
]
