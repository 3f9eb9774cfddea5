"""What orders tells the others of the turns of an order."""

from typing import Any

import sqlalchemy as sa

from services.chassis.contract import Event
from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.orders import contract
from services.orders.domain.flows.facts import Facts
from services.orders.storage.queries import lines_of
from services.orders.storage.writes import add_fact
from services.orders.usecases.order_facts import facts_about

ENDS = {
    "closed": contract.ORDER_CLOSED,
    "cancelled": contract.ORDER_CANCELLED,
    "completed": contract.ORDER_COMPLETED,
}


def announce_confirmed(work: Work, order: sa.Row, _: Facts) -> None:
    """The pivot: points are captured, goods go out, as soon as the others hear it."""
    add_fact(work, order.order_id, "order.confirmed")
    tell_confirmed(work, order)


def announce_allotted(work: Work, order: sa.Row, _: Facts) -> None:
    """What waited for its goods may be sent now; all others were sent as soon as they were confirmed."""
    if waits_for_goods(order):
        tell_allotted(work, order)


def announce_end(work: Work, order: sa.Row, facts: Facts) -> None:
    """The good end or a bad one; after a bad one the others let go what they hold or took."""
    told = {"reason": order.close_reason} if order.close_reason else {}
    add_fact(work, order.order_id, f"order.{order.status}", **told)
    tell_end(work, order, facts)


def tell_again(work: Work, order: sa.Row) -> list[str]:
    """The turns that the order has taken, for those who lost what they were told; types of the events."""
    told = []
    if order.approved_at:
        told.append(tell_approved(work, order))
    if order.confirmed_at:
        told.append(tell_confirmed(work, order))
    if order.allotted_at:
        told.append(tell_allotted(work, order))
    if order.status in ENDS:
        told.append(tell_end(work, order, facts_about(work, order)))
    return told


def tell_approved(work: Work, order: sa.Row) -> str:
    return _tell(work, contract.ORDER_APPROVED, order, {"lines": lines_of(work, [order.order_id])[order.order_id]})


def tell_confirmed(work: Work, order: sa.Row) -> str:
    lines = lines_of(work, [order.order_id])[order.order_id]
    told = {"waits_for_goods": waits_for_goods(order), "is_paid_on_delivery": order.variant == contract.ON_DELIVERY}
    return _tell(work, contract.ORDER_CONFIRMED, order, {"lines": lines, **told})


def tell_allotted(work: Work, order: sa.Row) -> str:
    lines = lines_of(work, [order.order_id])[order.order_id]
    return _tell(work, contract.ORDER_ALLOTTED, order, {"lines": lines, "waits_for_goods": False})


def waits_for_goods(order: sa.Row) -> bool:
    return any(step["step"] == "await_goods" for step in order.plan)


def tell_end(work: Work, order: sa.Row, facts: Facts) -> str:
    is_lost = order.status == "cancelled" and facts.are_goods_lost
    return _tell(work, ENDS[order.status], order, {"reason": order.close_reason, "are_goods_lost": is_lost})


def _tell(work: Work, event: Event, order: sa.Row, more: dict[str, Any]) -> str:
    """An order takes each turn once, so the event has one id, however often it is told."""
    event_id = derived_id("evt", order.order_id, event.type)
    work.emit(event, order.order_id, {**order._mapping, **more}, order.version, event_id)
    return event.type
