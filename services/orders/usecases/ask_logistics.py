"""Undoing a delivery: logistics is asked to keep the goods, and may say that they are out."""

import structlog

from services.chassis.bus.faults import RpcFault
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Reply
from services.logistics import contract as logistics
from services.orders.domain.flows.interpreter import taken_back, with_problem
from services.orders.storage.locks import lock_known_order
from services.orders.storage.writes import add_fact
from services.orders.usecases.move_order import go_on, move_on_with
from services.orders.usecases.plan_order import plan_of

REASON = "order_cancelled"
STEP = "carry"
log = structlog.get_logger(__name__)


def ask_logistics_to_stop(works: Works, order_id: str) -> None:
    asked = {"request_id": f"{order_id}:stop", "order_id": order_id, "reason": REASON}
    try:
        reply = works.rpc.ask(logistics.STOP_DISPATCH, asked)
    except RpcFault as fault:
        log.warning("dispatch_not_stopped_yet", order_id=order_id, problem=str(fault))
        return
    works.run(lambda work, _: conclude(work, order_id, reply), {})


def conclude(work: Work, order_id: str, reply: Reply) -> None:
    order = lock_known_order(work, order_id)
    plan = plan_of(order)
    if order.status != "cancelling" or plan[STEP].state != "undoing":
        return
    if reply["ok"]:
        move_on_with(work, order, taken_back(plan, STEP, work.now))
    elif reply["rejection"]["code"] == logistics.HANDED_OVER:
        add_fact(work, order_id, "order.not_cancelled", reason=logistics.HANDED_OVER)
        go_on(work, order)
    else:
        log.error("dispatch_not_stopped", order_id=order_id, rejection=reply["rejection"])
        move_on_with(work, order, with_problem(plan, STEP, reply["rejection"]["code"]))
