"""Points put aside for an order, earliest expiring first."""

from datetime import datetime, timedelta
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import KEY_REUSED, Refused
from services.points import contract
from services.points.domain.buckets import spendable, total
from services.points.domain.changes import available_after, changed
from services.points.domain.holds import CAPTURED, OPEN
from services.points.storage.bookings import Booking, book_hold
from services.points.storage.holds import Hold, HoldKey
from services.points.storage.journals import Deed, write_journal
from services.points.storage.locks import Wallet
from services.points.storage.seen import Seen, see_wallet_and_hold
from services.points.usecases.find_wallet import insist_on_account
from services.points.usecases.move_points import draw_of


def hold_points(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Held. One hold an order: asked again under another request id, it is the same hold."""
    deed = Deed.of_request(contract.HOLD_POINTS, request)
    key = HoldKey(request["order_id"], request["unit"])
    seen = see_wallet_and_hold(work, deed, request["member_id"], key)
    if seen.answered:
        return seen.answered
    if seen.wallet is None:
        insist_on_account(work, request["member_id"])
        raise Refused(contract.INSUFFICIENT, "nothing of this unit yet", available=0, needed=request["points"])
    if seen.hold:
        return _same_hold(work, deed, seen, seen.wallet, seen.hold, request)
    if seen.wallet.frozen:
        raise Refused(contract.ACCOUNT_FROZEN, "a frozen account spends nothing")
    return _hold(work, deed, seen, key, request)


def _hold(work: Work, deed: Deed, seen: Seen, key: HoldKey, request: dict[str, Any]) -> dict[str, Any]:
    today = local_date(work.now)
    drawn = draw_of(seen.free, request["points"], today)
    changes = changed(drawn, held=1)
    expires_at = seen.now + timedelta(seconds=request["expires_in_s"])
    result = _held(request, available_after(seen.free, changes, today), expires_at)
    booking = Booking("hold", result, changes, ref=key.order_id)
    book_hold(work, seen, deed, booking, key, expires_at, drawn)
    return result


def _same_hold(
    work: Work, deed: Deed, seen: Seen, wallet: Wallet, hold: Hold, request: dict[str, Any]
) -> dict[str, Any]:
    if hold.state not in (OPEN, CAPTURED):
        raise Refused(contract.HOLD_RELEASED_BEFORE, "the hold of this order was released", state=hold.state)
    if (hold.account_id, hold.amount) != (wallet.id, request["points"]):
        raise Refused(KEY_REUSED, "this order has a hold of another content")
    result = _held(request, total(spendable(seen.free, local_date(work.now))), hold.expires_at)
    write_journal(work, seen.journal_id, deed, "repeat", result, ref=hold.order_id)
    return result


def _held(request: dict[str, Any], available: int, expires_at: datetime | None) -> dict[str, Any]:
    held = {"order_id": request["order_id"], "points": request["points"]}
    return contract.HOLD_POINTS.dump_reply({**held, "available": available, "expires_at": expires_at})
