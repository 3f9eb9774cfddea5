"""Ending an order that was never paid."""

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders import contract
from services.orders.domain.tenders import TenderEvent
from services.orders.storage.payments import mark_payments_closed
from services.orders.storage.tenders import record_tender_event, tenders_of
from services.orders.storage.writes import add_fact
from services.orders.usecases.advance import advance

PAYMENT_WINDOW_OVER = "payment_window_over"
HOLD_RELEASED = "points_hold_released"


def begin_closing(work: Work, order: sa.Row, reason: str) -> sa.Row:
    """From now on only the provider's word decides. Needs the order's lock; the closing job goes on at once."""
    order = advance(work, order, "begin_closing", close_reason=reason, closed_by=work.context.actor, due_at=work.now)
    add_fact(work, order.order_id, "order.closing", reason=reason)
    return order


def close_order(work: Work, order: sa.Row) -> sa.Row:
    """Nobody paid: the others release what they hold. Needs the order's lock."""
    for tender in tenders_of(work, order.order_id):
        if tender.kind == "points" and not tender.state.is_released:
            release = TenderEvent("void", "requested", tender.state.due, order.order_id)
            record_tender_event(work, tender.tender_id, release)
    mark_payments_closed(work, order.order_id)
    order = advance(work, order, "close", ended_at=work.now, due_at=None)
    add_fact(work, order.order_id, "order.closed", reason=order.close_reason)
    ended = {**order._mapping, "reason": order.close_reason}
    work.emit(contract.ORDER_CLOSED, order.order_id, ended, order.version)
    return order
