"""Goods that are still to come are given up: the catalog is asked first, and may say that they are there by now."""

import structlog

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Reply
from services.orders.domain.flows.interpreter import taken_back, with_problem
from services.orders.storage.locks import lock_known_order
from services.orders.storage.writes import add_fact, update_order
from services.orders.usecases.move_order import go_on, move_on_with
from services.orders.usecases.plan_order import plan_of

STEP = "await_goods"
ALLOTTED = "stock.allotted"
log = structlog.get_logger(__name__)


def ask_catalog_to_give_up(works: Works, order_id: str) -> None:
    asked = {"request_id": f"{order_id}:give-up", "order_id": order_id, "reason": "order_cancelled"}
    try:
        reply = works.rpc.ask(catalog.RELEASE_STOCK, asked)
    except RpcFault as fault:
        log.warning("goods_not_given_up_yet", order_id=order_id, problem=str(fault))
        return
    works.run(lambda work, _: conclude(work, order_id, reply), {})


def conclude(work: Work, order_id: str, reply: Reply) -> None:
    """What is allotted goes out: then the order is not cancelled any more."""
    order = lock_known_order(work, order_id)
    plan = plan_of(order)
    if order.status != "cancelling" or STEP not in plan or plan[STEP].state != "undoing":
        return
    if not reply["ok"]:
        log.error("goods_not_given_up", order_id=order_id, rejection=reply["rejection"])
        move_on_with(work, order, with_problem(plan, STEP, reply["rejection"]["code"]))
    elif reply["value"]["is_committed"]:
        add_fact(work, order_id, "order.not_cancelled", reason=ALLOTTED)
        if order.allotted_at is None:
            order = update_order(work, order, allotted_at=work.now)
        go_on(work, order)
    else:
        move_on_with(work, order, taken_back(plan, STEP, work.now))
