"""What is left of a top-up taken back, so that its money can be given back."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import Share, spendable, total
from services.points.domain.chart import BOUGHT_POOL, CASH_RECEIVED, EXCHANGE, MONEY
from services.points.domain.lots import Lots
from services.points.storage import buckets, top_ups
from services.points.storage.entries import Leg, legs_of, write_legs
from services.points.storage.journals import Deed, next_journal_id, recall, write_journal
from services.points.storage.locks import Wallet, lock_wallet
from services.points.storage.top_ups import ToppedUp
from services.points.storage.wallets import change_wallet


def reverse_top_up(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's TopUpReversed: all that is neither spent nor held of this very top-up, from a frozen account too.

    What other top-ups brought is theirs, and what the mall gave must not come out as money.
    """
    seen = top_ups.find_top_up(work, request["payment_ref"])
    wallet = lock_wallet(work, seen.account_id) if seen else None
    deed = Deed.of_request(contract.REVERSE_TOP_UP, request)
    if answered := recall(work, deed):
        return answered
    if wallet is None:
        raise Refused(contract.TOP_UP_UNKNOWN, "no top-up was paid for by this payment")
    topped_up = top_ups.get_top_up(work, request["payment_ref"])  # it may have changed before the lock was ours
    drawn = _what_is_left(work, wallet, topped_up)
    if not drawn:
        raise Refused(contract.TOP_UP_SPENT, "nothing of it is left", reversed=topped_up.reversed)
    return _take_back(work, wallet, deed, topped_up, drawn, request["reason"])


def _what_is_left(work: Work, wallet: Wallet, topped_up: ToppedUp) -> list[Share]:
    lots = Lots(top_ups.bought_moves(work, wallet.id))
    lots.set_aside([share for share in buckets.free_points(work, wallet.id) if share.pool == BOUGHT_POOL])
    return spendable(lots.of(topped_up.journal_id, BOUGHT_POOL), local_date(work.now))


def _take_back(
    work: Work, wallet: Wallet, deed: Deed, topped_up: ToppedUp, drawn: list[Share], reason: str
) -> dict[str, Any]:
    points, payment_ref = total(drawn), topped_up.payment_ref
    money = topped_up.money_for(points)
    buckets.take_free(work, wallet.id, drawn)
    balance = change_wallet(work, wallet.id, local_date(work.now), posted=-points)
    journal_id = next_journal_id(work)
    back = [Leg(MONEY, money, owner=CASH_RECEIVED), Leg(MONEY, -money, owner=EXCHANGE)] if money else []
    write_legs(work, journal_id, [*back, Leg(wallet.unit, points, owner=EXCHANGE), *legs_of(wallet, drawn, -1)])
    result = {
        "journal_id": journal_id,
        "payment_ref": payment_ref,
        "points": points,
        "amount_fen": money,
        "available": balance.available,
    }
    corrected = topped_up.journal_id
    write_journal(work, journal_id, deed, "top_up", result, source="top_up", ref=payment_ref, corrects=corrected)
    top_ups.note_reversal(work, payment_ref, journal_id=journal_id, points=points, amount_fen=money, reason=reason)
    _announce(work, wallet, result, reason, balance.version)
    return result


def _announce(work: Work, wallet: Wallet, result: dict[str, Any], reason: str, version: int) -> None:
    taken = {name: result[name] for name in ("payment_ref", "points", "amount_fen", "available")}
    data = {"member_id": wallet.member_id, "unit": wallet.unit, "reason": reason, **taken}
    work.emit(contract.TOP_UP_REVERSED, wallet.member_id, data, version)
