"""Captured points given back to the buckets they came from."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import Share, revive, undraw
from services.points.domain.changes import available_after, changed
from services.points.domain.chart import REDEEMED_BY_ORDERS
from services.points.domain.holds import CAPTURED
from services.points.storage import rules
from services.points.storage.bookings import Booking, book_refund
from services.points.storage.entries import Leg
from services.points.storage.holds import HoldKey
from services.points.storage.journals import Deed
from services.points.storage.seen import Seen, see_hold
from services.points.storage.wallets import Balance
from services.points.usecases.capture_hold import announce_settled
from services.points.usecases.collect_debt import collect_debt


def refund_points(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Refunded; never more in all than was captured."""
    deed = Deed.of_request(contract.REFUND_POINTS, request)
    seen = see_hold(work, deed, HoldKey(request["order_id"], request["unit"]))
    if seen.answered:
        return seen.answered
    if seen.wallet is None:
        raise Refused(contract.HOLD_UNKNOWN, "the order has no hold")
    _, hold = seen.wallet_and_hold()
    if hold.state != CAPTURED:
        raise Refused(contract.HOLD_NOT_OPEN, "nothing was captured", state=hold.state)
    left = hold.captured - hold.refunded
    if request["points"] > left:
        raise Refused(contract.REFUND_TOO_LARGE, "more than is left to refund", left=left, asked=request["points"])
    return refund(work, deed, seen, request["points"], request["request_id"])


def refund(work: Work, deed: Deed, seen: Seen, points: int, operation: str | None = None) -> dict[str, Any]:
    """Latest expiring first; what would come back expired gets the days of grace that ops have set."""
    (wallet, hold), today = seen.wallet_and_hold(), local_date(work.now)
    refundable = [Share(part.pool, part.expires_on, part.captured - part.refunded) for part in seen.parts]
    undrawn = undraw(refundable, points)
    changes = changed(revive(undrawn, today, rules.setting(work, "refund_grace_days", today)), remaining=1)
    result = {"order_id": hold.order_id, "points": points}
    returned = Leg(wallet.unit, -points, owner=REDEEMED_BY_ORDERS)
    book_refund(work, seen, deed, Booking("refund", result, changes, [returned], ref=hold.order_id), undrawn)
    balance = Balance(available_after(seen.free, changes, today), wallet.version + 1)
    balance = collect_debt(work, wallet, deed, hold.order_id, balance)
    announce_settled(work, contract.POINTS_REFUNDED, wallet, balance, result, operation=operation)
    return result
