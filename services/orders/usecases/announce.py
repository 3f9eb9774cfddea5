"""What orders tells the others of the turns of an order."""

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders import contract
from services.orders.domain.flows.facts import Facts
from services.orders.storage.queries import lines_of
from services.orders.storage.writes import add_fact

_ENDS = {
    "closed": contract.ORDER_CLOSED,
    "cancelled": contract.ORDER_CANCELLED,
    "completed": contract.ORDER_COMPLETED,
}


def announce_confirmed(work: Work, order: sa.Row, _: Facts) -> None:
    """The pivot: points are captured, goods go out, as soon as the others hear it."""
    add_fact(work, order.order_id, "order.confirmed")
    lines = lines_of(work, [order.order_id])[order.order_id]
    work.emit(contract.ORDER_CONFIRMED, order.order_id, {**order._mapping, "lines": lines}, order.version)


def announce_end(work: Work, order: sa.Row) -> None:
    """The good end or a bad one; after a bad one the others let go what they hold or took."""
    told = {"reason": order.close_reason} if order.close_reason else {}
    add_fact(work, order.order_id, f"order.{order.status}", **told)
    data = {**order._mapping, "reason": order.close_reason}
    work.emit(_ENDS[order.status], order.order_id, data, order.version)
