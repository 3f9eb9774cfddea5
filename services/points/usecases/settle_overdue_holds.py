"""Holds whose time is up: orders is asked what became of the order, then each is settled by itself."""

import structlog

from services.chassis.bus.faults import RpcFault
from services.chassis.clock import local_date
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused, value_of
from services.orders import contract as orders
from services.points.domain.holds import OPEN
from services.points.storage import holds, rules
from services.points.storage.holds import HoldKey
from services.points.storage.journals import Deed
from services.points.storage.seen import see_hold
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
    replies = works.rpc.ask_all([(orders.CHECK_ORDER, {"order_id": key.order_id}) for key in overdue])
    settled = 0
    for key, reply in zip(overdue, replies, strict=True):
        if isinstance(reply, RpcFault):
            log.warning("order_not_checked", order_id=key.order_id, problem=str(reply))
        else:
            settled += _settle(works, key, value_of(reply)["status"])
    return settled


def _settle(works: Works, key: HoldKey, status: str) -> bool:
    """Whatever goes wrong with one hold must not keep the others waiting."""
    try:
        with works.begin() as work:
            if status in GOES_ON:
                capture_confirmed(work, key)
            elif status in UNDECIDED:
                _extend(work, key)
            else:
                _time_out(work, key)
    except Refused as refusal:
        log.error("hold_not_settled", order_id=key.order_id, unit=key.unit, status=status, problem=str(refusal))
        return False
    except Exception:
        log.exception(
            "hold_not_settled", order_id=key.order_id, unit=key.unit, status=status
        )  # it stays due, and is tried again
        return False
    return True


def _extend(work: Work, key: HoldKey) -> None:
    holds.extend_hold(work, key, rules.setting(work, "hold_extension_s", local_date(work.now)))


def _time_out(work: Work, key: HoldKey) -> None:
    deed = Deed.of_fact("hold_timed_out", str(key))
    seen = see_hold(work, deed, key)
    if seen.hold and seen.hold.state == OPEN and seen.hold.overdue:
        release(work, deed, seen, "time_out", "expired")
