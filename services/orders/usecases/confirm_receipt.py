"""The member says that the goods are there and right; who says nothing is taken to have said so after some days."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.flows.interpreter import marked_done
from services.orders.domain.flows.plan import Plan
from services.orders.storage.locks import lock_order
from services.orders.storage.writes import add_fact
from services.orders.usecases.move_order import move_on_with
from services.orders.usecases.order_facts import facts_about
from services.orders.usecases.ownership import owned
from services.orders.usecases.plan_order import plan_of
from services.orders.usecases.views import View, view_of

STEP = "receive"


def confirm_receipt(work: Work, request: dict[str, Any]) -> View:
    """Saying it twice is saying it once."""
    order = owned(lock_order(work, request["order_id"]), request["member_id"])
    plan = plan_of(order)
    if facts_about(work, order).is_case_open:
        raise Refused(contract.CASE_OPEN, "something of it is being put right", status=order.status)
    if is_to_be_received(order, plan):
        add_fact(work, order.order_id, "order.received")
        order = move_on_with(work, order, marked_done(plan, STEP, work.now))
    elif not is_received(plan):
        raise Refused(
            contract.NOT_DELIVERED,
            "not everything is delivered",
            status=order.status,
            fulfilment_status=order.fulfilment_status,
        )
    return view_of(work, order)


def is_to_be_received(order: sa.Row, plan: Plan) -> bool:
    """Not what came back after it was delivered."""
    is_there = order.status == "confirmed" and order.fulfilment_status == "delivered"
    return is_there and STEP in plan and plan[STEP].state == "doing"


def is_received(plan: Plan) -> bool:
    return plan.is_done or (STEP in plan and plan[STEP].state == "done")
