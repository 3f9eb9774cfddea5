"""What the moves of an order do in its own transaction: columns that change with it, and what is recorded and told."""

from collections.abc import Callable
from functools import partial
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.domain.flows.facts import Facts
from services.orders.domain.flows.flow import PIVOT
from services.orders.domain.flows.interpreter import Begin, Finished, Move, TakeBack, TurnBack
from services.orders.storage.writes import add_fact
from services.orders.usecases.announce import announce_allotted, announce_confirmed, announce_end
from services.orders.usecases.begin_provisioning import begin_provisioning
from services.orders.usecases.escrow.keep_back import follow_end, keep_back_for_merchants
from services.orders.usecases.give_back import refund_cash, refund_held, release_hold, request_capture

PAYMENT_WINDOW_OVER = "payment_window_over"
NOT_FETCHED = "not_fetched"
APPROVAL_WINDOW_OVER = "approval_window_over"
_REASONS = {"approve": APPROVAL_WINDOW_OVER, "take_cash": PAYMENT_WINDOW_OVER, "hand_over": NOT_FETCHED}

Effect = Callable[[Work, sa.Row, Facts], None]


def confirm(work: Work, order: sa.Row, facts: Facts) -> None:
    announce_confirmed(work, order, facts)
    keep_back_for_merchants(work, order)


def end(work: Work, order: sa.Row, facts: Facts) -> None:
    announce_end(work, order, facts)
    follow_end(work, order)


BEGINS: dict[str, Effect] = {
    PIVOT: confirm,
    "carry": announce_allotted,
    "settle_points": partial(request_capture, kind="points"),
    "settle_coins": partial(request_capture, kind="coins"),
    "provision": begin_provisioning,
}
TAKE_BACKS: dict[str, Effect] = {
    "hold_points": partial(release_hold, kind="points"),
    "hold_coins": partial(release_hold, kind="coins"),
    "settle_points": partial(refund_held, kind="points"),
    "settle_coins": partial(refund_held, kind="coins"),
    "take_cash": refund_cash,
    "collect_cash": refund_cash,
}


def columns_of(work: Work, move: Move, status: str) -> dict[str, Any]:
    """``status``: the one that the order has in the end."""
    if move == Begin(PIVOT):
        return {"confirmed_at": work.now, "close_reason": None, "closed_by": None}
    if isinstance(move, TurnBack):
        return {"close_reason": reason_of(move), "closed_by": work.context.actor}
    if isinstance(move, Finished):
        return {"ended_at": work.now} | ({"completed_at": work.now} if status == "completed" else {})
    return {}


def effect_of(work: Work, order: sa.Row, facts: Facts, move: Move) -> None:
    match move:
        case Begin(step) if step in BEGINS:
            BEGINS[step](work, order, facts)
        case TakeBack(step) if step in TAKE_BACKS:
            TAKE_BACKS[step](work, order, facts)
        case TurnBack():
            what = "order.cancelling" if order.confirmed_at else "order.closing"
            add_fact(work, order.order_id, what, reason=reason_of(move))
        case Finished():
            end(work, order, facts)


def reason_of(move: TurnBack) -> str:
    return move.why or _REASONS.get(move.step, f"{move.step}_took_too_long")
