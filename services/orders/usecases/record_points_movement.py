"""What the points service tells of the points and the coins of an order: captured, released or refunded."""

import sqlalchemy as sa

from services.chassis.data.work import ReceivedEvent, Work
from services.orders.domain.flows.facts import Facts
from services.orders.domain.tenders import TenderEvent, tender_id_of
from services.orders.storage.locks import lock_order
from services.orders.storage.tenders import record_tender_event
from services.orders.storage.writes import add_fact
from services.orders.usecases.aftersale.refund_case import settle_refunded_cases
from services.orders.usecases.ask_points import UNIT_OF
from services.orders.usecases.cancel_order import is_stoppable
from services.orders.usecases.move_order import move_on, turn_back
from services.orders.usecases.order_facts import facts_about
from services.orders.usecases.unknown_order import note_unknown_order

HOLD_RELEASED = "points_hold_released"
KIND_OF = {unit: kind for kind, unit in UNIT_OF.items()}


def record_points_captured(work: Work, event: ReceivedEvent) -> None:
    order = _order_with_points(work, event)
    if order is not None and _record(work, event, "capture", order.order_id):
        move_on(work, order)


def record_points_refunded(work: Work, event: ReceivedEvent) -> None:
    """One that a case or somebody by hand asked for under a name of its own, or all that was left, at the order's
    end."""
    order = _order_with_points(work, event)
    if order is not None and _record(work, event, "refund", event.data["operation"] or _at_the_end(work, order, event)):
        settle_refunded_cases(work, order)
        move_on(work, order)


def _at_the_end(work: Work, order: sa.Row, event: ReceivedEvent) -> str:
    is_asked_for = "refund" in facts_about(work, order).tenders[_kind_of(event)].in_flight
    return str(order.order_id) if is_asked_for else event.id


def record_points_released(work: Work, event: ReceivedEvent) -> None:
    """Expected of an order that is called off. A live order has lost its points and must not go on."""
    order = _order_with_points(work, event)
    if order is not None and _record(work, event, "void", order.order_id):
        order = move_on(work, order)
        facts = facts_about(work, order)
        if facts.tenders[_kind_of(event)].captured == 0:
            call_off_what_lost_its_points(work, order, facts)


def call_off_what_lost_its_points(work: Work, order: sa.Row, facts: Facts) -> None:
    """If goods are on their way it is too late for that: the audit shows such an order."""
    if order.status == "awaiting_payment" or is_stoppable(order, facts):
        turn_back(work, order, HOLD_RELEASED, facts)


def _order_with_points(work: Work, event: ReceivedEvent) -> sa.Row | None:
    """Locked; None if there is no such order, or nothing of it is paid in the event's unit."""
    order = lock_order(work, event.data["order_id"])
    if order is None:
        note_unknown_order(event)
        return None
    return order if getattr(order, _kind_of(event)) else None


def _kind_of(event: ReceivedEvent) -> str:
    """Of the tender, which is the name of the order's column too."""
    return KIND_OF[event.data["unit"]]


def _record(work: Work, event: ReceivedEvent, op: str, reference: str) -> bool:
    points, order_id = event.data["points"], event.data["order_id"]
    if not points:
        return False
    moved = TenderEvent(op, "succeeded", points, reference, event.id)
    if not record_tender_event(work, tender_id_of(order_id, _kind_of(event)), moved):
        return False
    told = {"points": points, "unit": event.data["unit"]}
    add_fact(work, order_id, event.type.rpartition(".v")[0], event.occurred_at, **told)
    return True
