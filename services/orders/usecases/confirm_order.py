"""The pivot: from here on the order only goes forward."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders import contract
from services.orders.domain.tenders import TenderEvent
from services.orders.storage.queries import lines_of
from services.orders.storage.tenders import record_tender_event, tenders_of
from services.orders.storage.writes import add_fact
from services.orders.usecases.advance import advance


def confirm_order(work: Work, order: sa.Row) -> sa.Row:
    """The cash has come; the points are asked for, and everybody is told. Needs the order's lock."""
    for tender in tenders_of(work, order.order_id):
        if tender.kind == "points":
            request_capture_of_points(work, order.order_id, tender.tender_id, tender.state.due)
    order = advance(work, order, "confirm", confirmed_at=work.now, due_at=None, close_reason=None, closed_by=None)
    announce_confirmed(work, order, lines_of(work, [order.order_id])[order.order_id])
    return order


def request_capture_of_points(work: Work, order_id: str, tender_id: str, amount: int) -> None:
    """``order.confirmed.v1`` is the request; ``points.hold_captured.v1`` will be the answer."""
    record_tender_event(work, tender_id, TenderEvent("capture", "requested", amount, order_id))


def announce_confirmed(work: Work, order: sa.Row, lines: list[Any]) -> None:
    add_fact(work, order.order_id, "order.confirmed")
    work.emit(contract.ORDER_CONFIRMED, order.order_id, {**order._mapping, "lines": lines}, order.version)
