"""Held points given back to the member, or an order barred from ever holding."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.holds import CAPTURED, OPEN
from services.points.storage import buckets, holds
from services.points.storage.holds import Hold
from services.points.storage.journals import Deed, next_journal_id, recall, write_journal
from services.points.storage.locks import Wallet
from services.points.storage.wallets import change_wallet
from services.points.usecases.capture_hold import announce_settled, lock_hold


def release_hold(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Released. Released before: the same answer; captured: points.hold_not_open."""
    order_id, reason = request["order_id"], request["reason"]
    locked = lock_hold(work, order_id)
    if locked is None and not holds.bar_hold(work, order_id, reason):
        locked = lock_hold(work, order_id)  # a hold was in the making; otherwise the order is barred already
    deed = Deed.of_request(contract.RELEASE_HOLD, request)
    if answered := recall(work, deed):
        return answered
    if locked is None:
        return _remember(work, deed, order_id, 0, "release")
    wallet, hold = locked
    if hold.state == CAPTURED:
        raise Refused(contract.HOLD_NOT_OPEN, "the hold was captured: refund it", state=hold.state)
    if hold.state != OPEN:
        return _remember(work, deed, order_id, hold.amount, "repeat")
    return release(work, wallet, hold, deed, "release", reason)


def release(work: Work, wallet: Wallet, hold: Hold, deed: Deed, event: str, reason: str) -> dict[str, Any]:
    """An open hold ends by ``event`` ("release" or "time_out"); its points are free again, those expired excepted."""
    today = local_date(work.now)
    drawn = holds.drawn_by(work, hold.order_id)
    buckets.free(work, wallet.id, drawn)
    holds.settle_hold(work, hold.order_id, event, reason=reason)
    balance = change_wallet(work, wallet.id, today, held=-hold.amount)
    result = _remember(work, deed, hold.order_id, hold.amount, "release")
    announce_settled(work, contract.HOLD_RELEASED, wallet, balance, result, reason=reason)
    return result


def _remember(work: Work, deed: Deed, order_id: str, points: int, kind: str) -> dict[str, Any]:
    result = {"order_id": order_id, "points": points}
    write_journal(work, next_journal_id(work), deed, kind, result, effective_on=local_date(work.now), ref=order_id)
    return result
