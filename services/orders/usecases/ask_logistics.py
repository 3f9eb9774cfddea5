"""Undoing a delivery: logistics is asked to keep the goods, and may say that they are out."""

import structlog

from services.chassis.bus.faults import RpcFault
from services.chassis.data.work import Works
from services.logistics import contract as logistics
from services.orders.usecases.conclude_stop import conclude_stop

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
    works.run(lambda work, _: conclude_stop(work, order_id, STEP, reply, logistics.HANDED_OVER), {})
