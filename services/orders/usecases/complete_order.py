"""The good end: the goods are with the member, who says so or lets some days pass."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.storage.locks import lock_due_orders, lock_order
from services.orders.storage.writes import add_fact, postpone_order
from services.orders.usecases.advance import advance
from services.orders.usecases.ownership import owned
from services.orders.usecases.views import View, view_of

BATCH = 50


def confirm_receipt(work: Work, request: dict[str, Any]) -> View:
    """Saying it twice is saying it once."""
    order = owned(lock_order(work, request["order_id"]), request["member_id"])
    if order.status == "confirmed" and order.fulfilment_status == "delivered":
        order = complete_order(work, order, "receipt_confirmed")
    elif order.status != "completed":
        raise Refused(
            contract.NOT_DELIVERED,
            "not everything is delivered",
            status=order.status,
            fulfilment_status=order.fulfilment_status,
        )
    return view_of(work, order)


def complete_received(works: Works) -> bool:
    """The job: orders delivered days ago. True if there were any."""
    with works.begin() as work:
        due = lock_due_orders(work, ("confirmed",), BATCH)
        for order in due:
            if order.fulfilment_status == "delivered":
                complete_order(work, order, "days_passed")
            else:
                postpone_order(work, order.order_id, "confirmed", None)
    return bool(due)


def complete_order(work: Work, order: sa.Row, reason: str) -> sa.Row:
    """Needs the order's lock and everything delivered."""
    order = advance(work, order, "complete", completed_at=work.now, ended_at=work.now, due_at=None)
    add_fact(work, order.order_id, "order.completed", reason=reason)
    work.emit(contract.ORDER_COMPLETED, order.order_id, dict(order._mapping), order.version)
    return order
