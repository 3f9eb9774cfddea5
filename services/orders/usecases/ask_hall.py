"""Undoing what waits in a hall: catalog is asked to hand nothing over any more, and may say that it was."""

from datetime import datetime
from typing import Any

import structlog

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Reply
from services.orders.domain.flows.interpreter import taken_back, with_problem
from services.orders.storage.locks import lock_known_order
from services.orders.storage.writes import add_fact
from services.orders.usecases.move_order import go_on, move_on_with
from services.orders.usecases.plan_order import plan_of
from services.orders.usecases.record_pick_up import note_hand_over

REASON = "order_cancelled"
STEP = "prepare"
log = structlog.get_logger(__name__)


def ask_hall_to_stop(works: Works, order_id: str) -> None:
    asked = {"request_id": f"{order_id}:stop_hand_over", "order_id": order_id, "reason": REASON}
    try:
        reply = works.rpc.ask(catalog.STOP_HAND_OVER, asked)
    except RpcFault as fault:
        log.warning("hand_over_not_stopped_yet", order_id=order_id, problem=str(fault))
        return
    works.run(lambda work, _: conclude(work, order_id, reply), {})


def conclude(work: Work, order_id: str, reply: Reply) -> None:
    order = lock_known_order(work, order_id)
    plan = plan_of(order)
    if order.status != "cancelling" or plan[STEP].state != "undoing":
        return
    if reply["ok"]:
        move_on_with(work, order, taken_back(plan, STEP, work.now))
    elif reply["rejection"]["code"] == catalog.COLLECTED_BEFORE:
        _collected_after_all(work, order_id, reply["rejection"]["details"])
    else:
        log.error("hand_over_not_stopped", order_id=order_id, rejection=reply["rejection"])
        move_on_with(work, order, with_problem(plan, STEP, reply["rejection"]["code"]))


def _collected_after_all(work: Work, order_id: str, told: dict[str, Any]) -> None:
    """The goods are out, which is noted at once: else the order would turn back for the same reason again, until the
    event comes that says so too."""
    add_fact(work, order_id, "order.not_cancelled", reason=catalog.COLLECTED_BEFORE)
    note_hand_over(
        work, lock_known_order(work, order_id), datetime.fromisoformat(told["collected_at"]), told["counter"]
    )
    go_on(work, lock_known_order(work, order_id))
