"""Holds whose time is up: orders is asked what became of the order, then each is settled by itself."""

import structlog

from services.chassis.bus.faults import RpcFault
from services.chassis.clock import local_date
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused, value_of
from services.orders import contract as orders
from services.points.domain.holds import OPEN
from services.points.storage import holds, rules
from services.points.storage.journals import Deed
from services.points.usecases.capture_hold import lock_hold
from services.points.usecases.follow_orders import capture_confirmed
from services.points.usecases.release_hold import release

log = structlog.get_logger(__name__)

AT_A_TIME = 50
GOES_ON = ("confirmed", "completed")
UNDECIDED = ("awaiting_payment", "closing", "cancelling")


def settle_overdue_holds(works: Works) -> int:
    """How many were settled or extended. An order that orders cannot answer for now is asked for again next time."""
    with works.begin() as work:
        overdue = holds.overdue_holds(work, AT_A_TIME)
    replies = works.rpc.ask_all([(orders.CHECK_ORDER, {"order_id": order_id}) for order_id in overdue])
    settled = 0
    for order_id, reply in zip(overdue, replies, strict=True):
        if isinstance(reply, RpcFault):
            log.warning("order_not_checked", order_id=order_id, problem=str(reply))
        else:
            settled += _settle(works, order_id, value_of(reply)["status"])
    return settled


def _settle(works: Works, order_id: str, status: str) -> bool:
    """Whatever goes wrong with one hold must not keep the others waiting."""
    try:
        with works.begin() as work:
            if status in GOES_ON:
                capture_confirmed(work, order_id)
            elif status in UNDECIDED:
                _extend(work, order_id)
            else:
                _time_out(work, order_id)
    except Refused as refusal:
        log.error("hold_not_settled", order_id=order_id, status=status, problem=str(refusal))
        return False
    except Exception:
        log.exception("hold_not_settled", order_id=order_id, status=status)  # it stays due, and is tried again
        return False
    return True


def _extend(work: Work, order_id: str) -> None:
    holds.extend_hold(work, order_id, rules.setting(work, "hold_extension_s", local_date(work.now)))


def _time_out(work: Work, order_id: str) -> None:
    locked = lock_hold(work, order_id)
    if locked is None:
        return
    wallet, hold = locked
    if hold.state == OPEN and hold.overdue:
        release(work, wallet, hold, Deed.of_fact("hold_timed_out", order_id), "time_out", "expired")
