"""Held points spent for good."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import NotEnough, Share, draw, merged, total
from services.points.domain.chart import REDEEMED_BY_ORDERS
from services.points.domain.holds import CAPTURED, OPEN
from services.points.storage import buckets, entries, holds
from services.points.storage.holds import Hold
from services.points.storage.journals import Deed, next_journal_id, recall, write_journal
from services.points.storage.locks import Wallet, lock_wallet
from services.points.storage.wallets import Balance, change_wallet


def capture_hold(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Captured: all that is held, in time. Captured before: the same answer."""
    order_id = request["order_id"]
    locked = lock_hold(work, order_id)
    deed = Deed.of_request(contract.CAPTURE_HOLD, request)
    if answered := recall(work, deed):
        return answered
    if locked is None:
        raise Refused(contract.HOLD_UNKNOWN, "the order has no hold")
    wallet, hold = locked
    if hold.state == CAPTURED:
        return _repeat(work, deed, hold)
    if hold.state != OPEN or hold.overdue:
        raise Refused(contract.HOLD_NOT_OPEN, "the hold is not open any more", state=hold.state)
    return capture(work, wallet, hold, deed, hold.amount)


def lock_hold(work: Work, order_id: str) -> tuple[Wallet, Hold] | None:
    """The hold under the lock of its wallet; None if there is none, or only a bar."""
    seen = holds.find_hold(work, order_id)
    if seen is None or seen.account_id is None:
        return None
    wallet = lock_wallet(work, seen.account_id)
    return wallet, holds.get_hold(work, order_id)  # read again: it may have changed before the lock was ours


def capture(work: Work, wallet: Wallet, hold: Hold, deed: Deed, points: int) -> dict[str, Any]:
    """``points`` of an open hold, earliest expiring first; the rest of it goes back."""
    today = local_date(work.now)
    drawn = holds.drawn_by(work, hold.order_id)
    try:
        spent = draw(drawn, points)
    except NotEnough:
        raise Refused(contract.INSUFFICIENT, "more than is held", held=hold.amount, needed=points) from None
    buckets.take_held(work, wallet.id, spent)
    buckets.free(work, wallet.id, _rest(drawn, spent))
    holds.note_captured(work, hold.order_id, spent)
    holds.settle_hold(work, hold.order_id, "capture", captured=points)
    balance = change_wallet(work, wallet.id, today, posted=-points, held=-total(drawn))
    journal_id = next_journal_id(work)
    entries.write_given(work, journal_id, wallet.id, spent, REDEEMED_BY_ORDERS)
    result = {"order_id": hold.order_id, "points": points}
    write_journal(work, journal_id, deed, "capture", result, effective_on=today, ref=hold.order_id)
    announce_settled(work, contract.HOLD_CAPTURED, wallet, balance, result)
    return result


def announce_settled(
    work: Work, event: Any, wallet: Wallet, balance: Balance, settled: dict[str, Any], **more: Any
) -> None:
    """``settled``: {"order_id", "points"}; the wallet's version orders the events of one member."""
    data = {**settled, "member_id": wallet.member_id, "available": balance.available, **more}
    work.emit(event, wallet.member_id, data, balance.version)


def _rest(drawn: list[Share], spent: list[Share]) -> list[Share]:
    left = merged([*drawn, *(Share(share.pool, share.expires_on, -share.points) for share in spent)])
    return [share for share in left if share.points]


def _repeat(work: Work, deed: Deed, hold: Hold) -> dict[str, Any]:
    result = {"order_id": hold.order_id, "points": hold.captured}
    write_journal(
        work, next_journal_id(work), deed, "repeat", result, effective_on=local_date(work.now), ref=hold.order_id
    )
    return result
