"""What the life of an order does to its hold. Events may come late, twice and in any order."""

from services.chassis.data.work import ReceivedEvent, Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.holds import CAPTURED, EXPIRED, OPEN
from services.points.storage import holds
from services.points.storage.holds import Hold
from services.points.storage.journals import Deed
from services.points.storage.locks import Wallet
from services.points.usecases.capture_hold import capture, lock_hold
from services.points.usecases.hold_points import earmark_points
from services.points.usecases.refund_points import refund
from services.points.usecases.release_hold import release


def capture_for_confirmed_order(work: Work, event: ReceivedEvent) -> None:
    """A confirmed order without an open hold is a fault: the refusal parks the event, where ops see it."""
    if event.data["points"]:
        capture_confirmed(work, event.data["order_id"], event.data["points"])


def capture_confirmed(work: Work, order_id: str, points: int | None = None) -> None:
    """``points`` (None: all that is held), also when the time is up; captured or ended meanwhile: nothing."""
    locked = lock_hold(work, order_id)
    if locked is None:
        raise Refused(contract.HOLD_UNKNOWN, "a confirmed order has no hold", order_id=order_id)
    wallet, hold = locked
    if hold.state == CAPTURED or hold.order_ended:
        return
    if hold.state == EXPIRED:
        hold = _hold_again(work, wallet, hold)
    if hold.state != OPEN:
        raise Refused(contract.HOLD_NOT_OPEN, "the hold of a confirmed order was released", order_id=order_id)
    deed = Deed.of_fact("order_confirmed", order_id)
    capture(work, wallet, hold, deed, hold.amount if points is None else points)


def return_points_of_ended_order(work: Work, event: ReceivedEvent) -> None:
    """An open hold is released, captured points are refunded; a later confirmation means nothing any more."""
    order_id = event.data["order_id"]
    locked = lock_hold(work, order_id)
    if locked is None:
        return
    wallet, hold = locked
    holds.note_order_ended(work, order_id)
    deed = Deed.of_fact("order_ended", order_id)
    if hold.state == OPEN:
        release(work, wallet, hold, deed, "release", event.data["reason"])
    elif hold.state == CAPTURED and hold.captured > hold.refunded:
        refund(work, wallet, hold, deed, hold.captured - hold.refunded)


def _hold_again(work: Work, wallet: Wallet, hold: Hold) -> Hold:
    """The hold timed out before its order was confirmed: draw the points afresh, if they are still there."""
    holds.reopen_hold(work, hold.order_id)
    earmark_points(work, wallet, hold.order_id, hold.amount)
    return holds.get_hold(work, hold.order_id)
