"""``cancelling`` keeps everything else off the order while logistics is asked to keep the goods."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from services.chassis.bus.faults import RpcFault
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Reply
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.storage.locks import lease_orders, lock_due_orders, lock_order
from services.orders.storage.writes import add_fact, postpone_order
from services.orders.usecases.advance import advance
from services.orders.usecases.due import due_when_confirmed
from services.orders.usecases.refund_tender import refund_everything

BATCH = 4
LEASE_S = 30
REASON = "order_cancelled"
log = structlog.get_logger(__name__)


def finish_cancelling_orders(works: Works) -> bool:
    """The job: orders that a crash or a silent neighbour left in the middle. True if there were any."""
    with works.begin() as work:
        due = lock_due_orders(work, ("cancelling",), BATCH)
        lease_orders(work, [order.order_id for order in due], LEASE_S)
    for order in due:
        try:
            finish_cancelling(works, order.order_id)
        except Exception:  # one that breaks must not keep the others waiting; its lease brings it back
            log.exception("cancelling_broke", order_id=order.order_id)
    return bool(due)


def begin_cancelling(work: Work, order: sa.Row, reason: str) -> sa.Row:
    """Needs the order's lock. Whoever begins also finishes; the job takes over when the lease is over."""
    order = advance(
        work,
        order,
        "begin_cancelling",
        close_reason=reason,
        closed_by=work.context.actor,
        due_at=work.now + timedelta(seconds=LEASE_S),
    )
    add_fact(work, order.order_id, "order.cancelling", reason=reason)
    return order


def finish_cancelling(works: Works, order_id: str) -> None:
    try:
        reply = works.rpc.ask(logistics.STOP_DISPATCH, stop_dispatch_of(order_id))
    except RpcFault as fault:
        log.warning("dispatch_not_stopped_yet", order_id=order_id, problem=str(fault))
        return
    works.run(lambda work, _: conclude_cancelling(work, order_id, reply), {})


def stop_dispatch_of(order_id: str) -> dict[str, Any]:
    return {"request_id": f"{order_id}:stop", "order_id": order_id, "reason": REASON}


def conclude_cancelling(work: Work, order_id: str, reply: Reply) -> None:
    order = lock_order(work, order_id)
    if order is None or order.status != "cancelling":
        return
    if reply["ok"]:
        cancel(work, order)
    elif reply["rejection"]["code"] == logistics.HANDED_OVER:
        resume(work, order)
    else:
        log.error("dispatch_not_stopped", order_id=order_id, rejection=reply["rejection"])
        postpone_order(work, order_id, "cancelling", work.now + timedelta(seconds=LEASE_S))


def cancel(work: Work, order: sa.Row) -> None:
    refund_everything(work, order, order.close_reason)
    order = advance(work, order, "cancel", ended_at=work.now, due_at=None)
    add_fact(work, order.order_id, "order.cancelled", reason=order.close_reason)
    ended = {**order._mapping, "reason": order.close_reason}
    work.emit(contract.ORDER_CANCELLED, order.order_id, ended, order.version)


def resume(work: Work, order: sa.Row) -> None:
    due_at = due_when_confirmed(work, order.delivered_at)
    advance(work, order, "resume", close_reason=None, closed_by=None, due_at=due_at)
    add_fact(work, order.order_id, "order.not_cancelled", reason=logistics.HANDED_OVER)
