"""Points put aside for an order, earliest expiring first."""

from datetime import datetime
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import KEY_REUSED, Refused
from services.points import contract
from services.points.domain.buckets import NotEnough, draw, spendable
from services.points.domain.holds import CAPTURED, OPEN
from services.points.storage import buckets, holds
from services.points.storage.journals import Deed, next_journal_id, recall, write_journal
from services.points.storage.locks import Wallet, lock_wallet_of
from services.points.storage.wallets import change_wallet


def hold_points(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Held. One hold an order: asked again under another request id, it is the same hold."""
    wallet = lock_wallet_of(work, request["member_id"])
    deed = Deed.of_request(contract.HOLD_POINTS, request)
    if answered := recall(work, deed):
        return answered
    if wallet is None:
        raise Refused(contract.ACCOUNT_UNKNOWN, "the member has no account")
    order_id, points = request["order_id"], request["points"]
    expires_at = holds.open_hold(work, order_id, wallet.id, points, request["expires_in_s"])
    if expires_at is None:
        return _same_hold(work, wallet, deed, request)
    if wallet.frozen:
        raise Refused(contract.ACCOUNT_FROZEN, "a frozen account spends nothing")
    available = earmark_points(work, wallet, order_id, points)
    return _answer(work, deed, "hold", request, available, expires_at)


def earmark_points(work: Work, wallet: Wallet, order_id: str, points: int) -> int:
    """Draws ``points`` for the order's hold; what is available after it. Refuses points.insufficient."""
    today = local_date(work.now)
    free = spendable(buckets.free_points(work, wallet.id), today)
    try:
        drawn = draw(free, points)
    except NotEnough as lack:
        raise Refused(contract.INSUFFICIENT, "not enough points", available=lack.found, needed=points) from None
    buckets.earmark(work, wallet.id, drawn)
    holds.note_drawn(work, order_id, drawn)
    return change_wallet(work, wallet.id, today, held=points).available


def _same_hold(work: Work, wallet: Wallet, deed: Deed, request: dict[str, Any]) -> dict[str, Any]:
    hold = holds.get_hold(work, request["order_id"])
    if hold.state not in (OPEN, CAPTURED):
        raise Refused(contract.HOLD_RELEASED_BEFORE, "the hold of this order was released", state=hold.state)
    if (hold.account_id, hold.amount) != (wallet.id, request["points"]):
        raise Refused(KEY_REUSED, "this order has a hold of another content")
    free = spendable(buckets.free_points(work, wallet.id), local_date(work.now))
    return _answer(work, deed, "repeat", request, sum(share.points for share in free), hold.expires_at)


def _answer(
    work: Work, deed: Deed, kind: str, request: dict[str, Any], available: int, expires_at: datetime | None
) -> dict[str, Any]:
    order_id = request["order_id"]
    held = {"order_id": order_id, "points": request["points"], "available": available, "expires_at": expires_at}
    result = contract.HOLD_POINTS.dump_reply(held)
    write_journal(work, next_journal_id(work), deed, kind, result, effective_on=local_date(work.now), ref=order_id)
    return result
