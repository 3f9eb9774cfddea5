"""Verbs on orders that do not get on. Every move takes a reason, which stays with the order."""

import argparse
from typing import Any

from services.chassis.data.work import Works
from services.chassis.operations import DONE, FOUND, Verb
from services.chassis.showing import say_json, table
from services.orders.usecases.unstick_order import MOVES, list_stuck, replay_order, unstick_order

MOST = 50
TYPED = {move.replace("_", "-"): move for move in MOVES}
MEANS = {
    "ask": "whoever has to do it is asked again",
    "done": "the step counts as done",
    "call-off": "the order is called off",
    "parcel-lost": "goods that were to be paid at the door count as lost on their way",
}


def stuck(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        found = list_stuck(work, options.most)
    if options.json:
        say_json(found)
    elif not found:
        print("no order is stuck")
    else:
        rows = [(row["order_id"], row["status"], row["step"], row["since"], row["problem"] or "") for row in found]
        print("\n".join(table([("order", "status", "step", "since", "problem"), *rows])))
    return FOUND if found else DONE


def unstick(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        move = {"move": TYPED[options.move], "step": options.step}
        order = unstick_order(work, _asked(options) | move)
    return _tell(options, {name: order[name] for name in ("order_id", "status", "stuck_step")})


def replay(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        told = replay_order(work, _asked(options))
    return _tell(options, told)


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    return {"order_id": options.order_id, "reason": options.because}


def _tell(options: argparse.Namespace, answer: dict[str, object]) -> int:
    if options.json:
        say_json(answer)
    else:
        print(" ".join(f"{name}={value}" for name, value in answer.items()))
    return DONE


def _takes_most(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--most", type=int, default=MOST, metavar="N", help=f"{MOST}, if not said")


def _takes_move(parser: argparse.ArgumentParser) -> None:
    _takes_order(parser)
    parser.add_argument("move", choices=TYPED, help="; ".join(f"{move}: {MEANS[move]}" for move in TYPED))
    parser.add_argument("--step", metavar="STEP", help="the stuck one, if not said")


def _takes_order(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("order_id", metavar="ORDER_ID")
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


STUCK_ORDER_VERBS = [
    Verb("stuck", "orders of which a step takes too long; ends with 1 if there are any", stuck, _takes_most),
    Verb("unstick", "move an order on by hand", unstick, _takes_move),
    Verb("replay", "tell everybody again what became of an order", replay, _takes_order),
]
