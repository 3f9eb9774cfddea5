"""Coins or points for money that was received, once a payment."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import Share, wire_date
from services.points.domain.chart import BOUGHT_POOL, CASH_RECEIVED, EXCHANGE, MONEY
from services.points.domain.exchange import bought
from services.points.domain.expiry import expires_on
from services.points.storage import rules, top_ups
from services.points.storage.entries import Leg, write_legs
from services.points.storage.journals import Deed, next_journal_id, recall, write_journal
from services.points.storage.locks import Wallet
from services.points.usecases.move_points import receive
from services.points.usecases.open_wallet import lock_or_open_wallet
from services.points.usecases.quote_exchange import open_way

SOURCE = "top_up"


def top_up(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's ToppedUp. Asked again for the same payment under another request id, it is the same top-up."""
    wallet = lock_or_open_wallet(work, request["member_id"], request["unit"])
    deed = Deed.of_request(contract.TOP_UP, request)
    if answered := recall(work, deed):
        return answered
    if wallet is None:
        raise Refused(contract.ACCOUNT_UNKNOWN, "the member has no account")
    before = top_ups.find_top_up(work, request["payment_ref"])
    if before is not None:
        return _same_top_up(work, wallet, deed, request, before)
    if wallet.frozen:
        raise Refused(contract.ACCOUNT_FROZEN, "a frozen account buys nothing")
    return _post(work, wallet, deed, request)


def _same_top_up(
    work: Work, wallet: Wallet, deed: Deed, request: dict[str, Any], before: top_ups.ToppedUp
) -> dict[str, Any]:
    if (before.account_id, before.amount_fen) != (wallet.id, request["amount_fen"]):
        raise Refused(contract.PAYMENT_USED_BEFORE, "this payment topped up something else")
    write_journal(work, next_journal_id(work), deed, "repeat", before.answer, ref=before.payment_ref)
    return before.answer


def _post(work: Work, wallet: Wallet, deed: Deed, request: dict[str, Any]) -> dict[str, Any]:
    today, money, payment_ref = local_date(work.now), request["amount_fen"], request["payment_ref"]
    way = open_way(work, MONEY, wallet.unit)
    points = bought(way.rate, money)
    if points == 0:
        raise Refused(contract.TOO_LITTLE_MONEY, "this buys nothing", give=way.rate.give, get=way.rate.get)
    last_day = expires_on(rules.expiry_policy(work, SOURCE, BOUGHT_POOL, today, wallet.unit), today)
    received = receive(work, wallet, [Share(BOUGHT_POOL, last_day, points)])
    journal_id = next_journal_id(work)
    write_legs(work, journal_id, [*_across(wallet.unit, points, money), *received.legs])
    result = {
        "journal_id": journal_id,
        "payment_ref": payment_ref,
        "points": points,
        "repaid": received.repaid,
        "available": received.balance.available,
        "expires_on": wire_date(last_day),
        "rule": way.rule,
    }
    write_journal(work, journal_id, deed, "top_up", result, source=SOURCE, ref=payment_ref, rule=way.rule)
    noted = {"journal_id": journal_id, "account_id": wallet.id, "amount_fen": money, "points": points}
    top_ups.note_top_up(work, payment_ref, **noted, expires_on=last_day)
    _announce(work, wallet, money, result, received.balance.version)
    return result


def _announce(work: Work, wallet: Wallet, money: int, result: dict[str, Any], version: int) -> None:
    bought = {name: result[name] for name in ("payment_ref", "points", "repaid", "available")}
    data = {"member_id": wallet.member_id, "unit": wallet.unit, "amount_fen": money, **bought}
    work.emit(contract.TOP_UP_RECEIVED, wallet.member_id, data, version)


def _across(unit: str, points: int, money: int) -> list[Leg]:
    return [
        Leg(MONEY, -money, owner=CASH_RECEIVED),
        Leg(MONEY, money, owner=EXCHANGE),
        Leg(unit, -points, owner=EXCHANGE),
    ]
