"""What the life of an order does to its hold. Events may come late, twice and in any order."""

from services.chassis.clock import local_date
from services.chassis.data.work import ReceivedEvent, Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.chart import SPENDABLE
from services.points.domain.holds import CAPTURED, EXPIRED, OPEN
from services.points.storage import buckets, holds
from services.points.storage.holds import HoldKey
from services.points.storage.journals import Deed
from services.points.storage.seen import Seen, see_hold
from services.points.storage.wallets import change_wallet
from services.points.usecases.capture_hold import capture
from services.points.usecases.move_points import draw_of
from services.points.usecases.refund_points import refund
from services.points.usecases.release_hold import release


def capture_for_confirmed_order(work: Work, event: ReceivedEvent) -> None:
    """A confirmed order without an open hold is a fault: the refusal parks the event, where ops see it."""
    for unit, amount in ((contract.POINTS, event.data["points"]), (contract.COINS, event.data["coins"])):
        if amount:
            capture_confirmed(work, HoldKey(event.data["order_id"], unit), amount)


def capture_confirmed(work: Work, key: HoldKey, points: int | None = None) -> None:
    """``points`` (None: all that is held), also when the time is up; captured or ended meanwhile: nothing."""
    deed = Deed.of_fact("order_confirmed", str(key))
    seen = see_hold(work, deed, key)
    if seen.wallet is None:
        raise Refused(contract.HOLD_UNKNOWN, "a confirmed order has no hold", order_id=key.order_id)
    _, hold = seen.wallet_and_hold()
    if hold.state == CAPTURED or hold.order_ended:
        return
    if hold.state == EXPIRED:
        _hold_again(work, seen)
        seen = see_hold(work, deed, key)
    elif hold.state != OPEN:
        raise Refused(contract.HOLD_NOT_OPEN, "the hold of a confirmed order was released", order_id=key.order_id)
    capture(work, deed, seen, hold.amount if points is None else points)


def return_points_of_ended_order(work: Work, event: ReceivedEvent) -> None:
    """An open hold is released, captured points are refunded; a later confirmation means nothing any more."""
    for unit in SPENDABLE:
        _return(work, HoldKey(event.data["order_id"], unit), event.data["reason"])


def _return(work: Work, key: HoldKey, reason: str) -> None:
    deed = Deed.of_fact("order_ended", str(key))
    seen = see_hold(work, deed, key)
    if seen.wallet is None:
        return
    _, hold = seen.wallet_and_hold()
    holds.note_order_ended(work, key)
    if hold.state == OPEN:
        release(work, deed, seen, "release", reason)
    elif hold.state == CAPTURED and hold.captured > hold.refunded:
        refund(work, deed, seen, hold.captured - hold.refunded)


def _hold_again(work: Work, seen: Seen) -> None:
    """The hold timed out before its order was confirmed: draw the points afresh, if they are still there."""
    (wallet, hold), today = seen.wallet_and_hold(), local_date(work.now)
    drawn = draw_of(seen.free, hold.amount, today)
    holds.reopen_hold(work, hold.key, drawn)
    buckets.earmark(work, wallet.id, drawn)
    change_wallet(work, wallet.id, today, held=hold.amount)
