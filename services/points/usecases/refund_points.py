"""Captured points given back to the buckets they came from."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import revive, undraw
from services.points.domain.chart import REDEEMED_BY_ORDERS
from services.points.domain.holds import CAPTURED
from services.points.storage import buckets, entries, holds, rules
from services.points.storage.holds import Hold
from services.points.storage.journals import Deed, next_journal_id, recall, write_journal
from services.points.storage.locks import Wallet
from services.points.storage.wallets import change_wallet
from services.points.usecases.capture_hold import announce_settled, lock_hold


def refund_points(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Refunded; never more in all than was captured."""
    locked = lock_hold(work, request["order_id"])
    deed = Deed.of_request(contract.REFUND_POINTS, request)
    if answered := recall(work, deed):
        return answered
    if locked is None:
        raise Refused(contract.HOLD_UNKNOWN, "the order has no hold")
    wallet, hold = locked
    if hold.state != CAPTURED:
        raise Refused(contract.HOLD_NOT_OPEN, "nothing was captured", state=hold.state)
    left = hold.captured - hold.refunded
    if request["points"] > left:
        raise Refused(contract.REFUND_TOO_LARGE, "more than is left to refund", left=left, asked=request["points"])
    return refund(work, wallet, hold, deed, request["points"])


def refund(work: Work, wallet: Wallet, hold: Hold, deed: Deed, points: int) -> dict[str, Any]:
    """Latest expiring first; what would come back expired gets the days of grace that ops have set."""
    today = local_date(work.now)
    undrawn = undraw(holds.refundable_of(work, hold.order_id), points)
    received = revive(undrawn, today, rules.setting(work, "refund_grace_days", today))
    buckets.credit(work, wallet.id, received)
    holds.note_refund(work, hold.order_id, undrawn, points)
    balance = change_wallet(work, wallet.id, today, posted=points)
    journal_id = next_journal_id(work)
    entries.write_received(work, journal_id, wallet.id, received, REDEEMED_BY_ORDERS)
    result = {"order_id": hold.order_id, "points": points}
    write_journal(work, journal_id, deed, "refund", result, effective_on=today, ref=hold.order_id)
    announce_settled(work, contract.POINTS_REFUNDED, wallet, balance, result)
    return result
