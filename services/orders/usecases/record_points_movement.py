"""What the points service tells of the points and the coins of an order: captured, released or refunded."""

import sqlalchemy as sa

from services.chassis.data.work import ReceivedEvent, Work
from services.orders.domain.tenders import TenderEvent
from services.orders.storage.locks import lock_order
from services.orders.storage.tenders import Tender, record_tender_event, tenders_of
from services.orders.storage.writes import add_fact
from services.orders.usecases.aftersale.refund_case import settle_refunded_cases
from services.orders.usecases.ask_points import UNIT_OF
from services.orders.usecases.cancel_order import is_stoppable
from services.orders.usecases.move_order import move_on, turn_back
from services.orders.usecases.unknown_order import note_unknown_order

HOLD_RELEASED = "points_hold_released"


def record_points_captured(work: Work, event: ReceivedEvent) -> None:
    order, tender = _order_and_points(work, event)
    if tender and _record(work, event, tender, "capture", event.data["order_id"]):
        move_on(work, order)


def record_points_refunded(work: Work, event: ReceivedEvent) -> None:
    """One that a case or somebody by hand asked for under a name of its own, or all that was left, at the order's
    end."""
    order, tender = _order_and_points(work, event)
    if tender:
        is_asked_for = "refund" in tender.state.in_flight
        at_the_end = order.order_id if is_asked_for else event.id
        if _record(work, event, tender, "refund", event.data["operation"] or at_the_end):
            settle_refunded_cases(work, order)
            move_on(work, order)


def record_points_released(work: Work, event: ReceivedEvent) -> None:
    """Expected of an order that is called off. A live order has lost its points and must not go on."""
    order, tender = _order_and_points(work, event)
    if tender and _record(work, event, tender, "void", event.data["order_id"]):
        order = move_on(work, order)
        if tender.state.captured == 0:
            call_off_what_lost_its_points(work, order)


def call_off_what_lost_its_points(work: Work, order: sa.Row) -> None:
    """If goods are on their way it is too late for that: the audit shows such an order."""
    if order.status == "awaiting_payment" or is_stoppable(work, order):
        turn_back(work, order, HOLD_RELEASED)


def _order_and_points(work: Work, event: ReceivedEvent) -> tuple[sa.Row, Tender | None]:
    """The locked order and its tender of the event's unit; no tender if there is no such order."""
    order = lock_order(work, event.data["order_id"])
    if order is None:
        note_unknown_order(event)
        return order, None  # type: ignore[return-value]
    told = (tender for tender in tenders_of(work, order.order_id) if UNIT_OF.get(tender.kind) == event.data["unit"])
    return order, next(told, None)


def _record(work: Work, event: ReceivedEvent, tender: Tender, op: str, reference: str) -> bool:
    points = event.data["points"]
    if not points:
        return False
    moved = TenderEvent(op, "succeeded", points, reference, event.id)
    if not record_tender_event(work, tender.tender_id, moved):
        return False
    told = {"points": points, "unit": event.data["unit"]}
    add_fact(work, event.data["order_id"], event.type.rpartition(".v")[0], event.occurred_at, **told)
    return True
