"""Held points spent for good."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import NotEnough, Share, draw, less
from services.points.domain.changes import available_after, changed, together
from services.points.domain.chart import REDEEMED_BY_ORDERS
from services.points.domain.holds import CAPTURED, OPEN
from services.points.storage.bookings import Booking, book_settlement
from services.points.storage.entries import Leg
from services.points.storage.holds import Hold, HoldKey
from services.points.storage.journals import Deed, write_journal
from services.points.storage.locks import Wallet
from services.points.storage.seen import Seen, see_hold
from services.points.storage.wallets import Balance
from services.points.usecases.collect_debt import collect_debt
from services.points.usecases.move_points import let_go


def capture_hold(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Captured: all that is held or a part of it, in time. Captured before: the same answer."""
    deed = Deed.of_request(contract.CAPTURE_HOLD, request)
    seen = see_hold(work, deed, HoldKey(request["order_id"], request["unit"]))
    if seen.answered:
        return seen.answered
    if seen.wallet is None:
        raise Refused(contract.HOLD_UNKNOWN, "the order has no hold")
    _, hold = seen.wallet_and_hold()
    points = request.get("points", hold.captured or hold.amount)
    if hold.state == CAPTURED and points == hold.captured:
        return _repeat(work, deed, seen, hold)
    if hold.state != OPEN or hold.overdue:
        raise Refused(contract.HOLD_NOT_OPEN, "the hold is not open any more", state=hold.state)
    return capture(work, deed, seen, points)


def capture(work: Work, deed: Deed, seen: Seen, points: int) -> dict[str, Any]:
    """``points`` of an open hold, earliest expiring first; the rest of it goes back."""
    (wallet, hold), today = seen.wallet_and_hold(), local_date(work.now)
    drawn = [Share(part.pool, part.expires_on, part.amount) for part in seen.parts]
    try:
        spent = draw(drawn, points)
    except NotEnough:
        raise Refused(contract.CAPTURE_TOO_LARGE, "more than is held", held=hold.amount, asked=points) from None
    freed = let_go(work, wallet, less(drawn, spent))
    changes = together([*changed(spent, remaining=-1, held=-1), *freed])
    result = {"order_id": hold.order_id, "points": points}
    redeemed = Leg(wallet.unit, points, owner=REDEEMED_BY_ORDERS)
    booking = Booking("capture", result, changes, [redeemed], ref=hold.order_id)
    book_settlement(work, seen, deed, booking, "capture", captured=spent)
    balance = Balance(available_after(seen.free, changes, today), wallet.version + 1)
    balance = collect_debt(work, wallet, deed, hold.order_id, balance)
    announce_settled(work, contract.HOLD_CAPTURED, wallet, balance, result)
    return result


def announce_settled(
    work: Work, event: Any, wallet: Wallet, balance: Balance, settled: dict[str, Any], **more: Any
) -> None:
    """``settled``: {"order_id", "points"}; the wallet's version orders the events of one member."""
    data = {**settled, "unit": wallet.unit, "member_id": wallet.member_id, "available": balance.available, **more}
    work.emit(event, wallet.member_id, data, balance.version)


def _repeat(work: Work, deed: Deed, seen: Seen, hold: Hold) -> dict[str, Any]:
    result = {"order_id": hold.order_id, "points": hold.captured}
    write_journal(work, seen.journal_id, deed, "repeat", result, ref=hold.order_id)
    return result
