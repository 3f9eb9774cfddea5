"""Held points given back to the member, or an order barred from ever holding."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import Share
from services.points.domain.changes import available_after
from services.points.domain.holds import CAPTURED, OPEN
from services.points.storage import holds
from services.points.storage.bookings import Booking, book_settlement
from services.points.storage.holds import HoldKey
from services.points.storage.journals import Deed, next_journal_id, write_journal
from services.points.storage.seen import Seen, see_hold
from services.points.storage.wallets import Balance
from services.points.usecases.capture_hold import announce_settled
from services.points.usecases.collect_debt import collect_debt
from services.points.usecases.move_points import let_go


def release_hold(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Released. Released before: the same answer; captured: points.hold_not_open."""
    key, reason = HoldKey(request["order_id"], request["unit"]), request["reason"]
    deed = Deed.of_request(contract.RELEASE_HOLD, request)
    seen = see_hold(work, deed, key)
    if not seen.answered and seen.wallet is None and not holds.bar_hold(work, key, reason):
        seen = see_hold(work, deed, key)  # a hold was in the making; otherwise the order is barred already
    if seen.answered:
        return seen.answered
    if seen.wallet is None:
        return _remember(work, deed, next_journal_id(work), key.order_id, 0, "release")
    _, hold = seen.wallet_and_hold()
    if hold.state == CAPTURED:
        raise Refused(contract.HOLD_NOT_OPEN, "the hold was captured: refund it", state=hold.state)
    if hold.state != OPEN:
        return _remember(work, deed, seen.journal_id, key.order_id, hold.amount, "repeat")
    return release(work, deed, seen, "release", reason)


def release(work: Work, deed: Deed, seen: Seen, event: str, reason: str) -> dict[str, Any]:
    """An open hold ends by ``event`` ("release" or "time_out"); its points are free again."""
    (wallet, hold), today = seen.wallet_and_hold(), local_date(work.now)
    changes = let_go(work, wallet, [Share(part.pool, part.expires_on, part.amount) for part in seen.parts])
    result = {"order_id": hold.order_id, "points": hold.amount}
    booking = Booking("release", result, changes, ref=hold.order_id)
    book_settlement(work, seen, deed, booking, event, reason=reason)
    balance = Balance(available_after(seen.free, changes, today), wallet.version + 1)
    balance = collect_debt(work, wallet, deed, hold.order_id, balance)
    announce_settled(work, contract.HOLD_RELEASED, wallet, balance, result, reason=reason)
    return result


def _remember(work: Work, deed: Deed, journal_id: int, order_id: str, points: int, kind: str) -> dict[str, Any]:
    result = {"order_id": order_id, "points": points}
    write_journal(work, journal_id, deed, kind, result, ref=order_id)
    return result
