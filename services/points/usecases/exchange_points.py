"""Points exchanged for coins, or coins for points: one journal, four legs."""

from collections.abc import Sequence
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import Share, merged
from services.points.domain.chart import EXCHANGE
from services.points.domain.exchange import KEEP, carried, cost
from services.points.domain.expiry import expires_on
from services.points.storage import rules
from services.points.storage.entries import Leg, write_legs
from services.points.storage.exchange_rates import ExchangeRate
from services.points.storage.journals import Deed, next_journal_id, recall, write_journal
from services.points.storage.locks import Wallet, WalletKey, lock_wallets_of
from services.points.storage.pools import pools_in_force
from services.points.usecases.move_points import give, receive
from services.points.usecases.open_wallet import open_missing_wallets
from services.points.usecases.quote_exchange import open_way

Request = dict[str, Any]


def exchange_points(work: Work, request: Request) -> dict[str, Any]:
    """The contract's Exchanged."""
    source, target = (WalletKey(request["member_id"], request[unit]) for unit in ("from_unit", "to_unit"))
    for key in (source, target):
        open_missing_wallets(work, [key.member_id], key.unit)
    wallets = lock_wallets_of(work, [source, target])
    deed = Deed.of_request(contract.EXCHANGE_POINTS, request)
    if answered := recall(work, deed):
        return answered
    if source not in wallets or target not in wallets:
        raise Refused(contract.ACCOUNT_UNKNOWN, "the member has no account")
    if wallets[source].frozen or wallets[target].frozen:
        raise Refused(contract.ACCOUNT_FROZEN, "a frozen account exchanges nothing")
    way = open_way(work, source.unit, target.unit)
    price = cost(way.rate, request["get"])
    if price != request["expected_give"]:
        raise Refused(contract.RATE_CHANGED, "the rate is another one now", give=price, rule=way.rule)
    return _exchange(work, wallets[source], wallets[target], deed, way, price, request["get"])


def _exchange(
    work: Work, source: Wallet, target: Wallet, deed: Deed, way: ExchangeRate, price: int, get: int
) -> dict[str, Any]:
    today = local_date(work.now)
    given = give(work, source, price, {pool.no for pool in pools_in_force(work, today) if pool.exchangeable})
    shares = carried(way.rate, given.shares, get)
    received = receive(work, target, shares if way.expiry == KEEP else _by_policy(work, target.unit, shares))
    journal_id = next_journal_id(work)
    across = [Leg(source.unit, price, owner=EXCHANGE), Leg(target.unit, -get, owner=EXCHANGE)]
    write_legs(work, journal_id, [*given.legs, *across, *received.legs])
    result = {
        "journal_id": journal_id,
        "give": price,
        "get": get,
        "repaid": received.repaid,
        "available_from": given.balance.available,
        "available_to": received.balance.available,
        "rule": way.rule,
    }
    write_journal(work, journal_id, deed, "exchange", result, source="exchange", rule=way.rule)
    _announce(work, source, target, result, given.balance.version)
    return result


def _announce(work: Work, source: Wallet, target: Wallet, result: dict[str, Any], version: int) -> None:
    amounts = {name: result[name] for name in ("give", "get", "repaid", "available_from", "available_to")}
    data = {"member_id": source.member_id, "from_unit": source.unit, "to_unit": target.unit, **amounts}
    work.emit(contract.POINTS_EXCHANGED, source.member_id, data, version)


def _by_policy(work: Work, unit: str, shares: Sequence[Share]) -> list[Share]:
    """Pool by pool: which one points are of does not change."""
    today = local_date(work.now)
    lives = {
        pool: expires_on(rules.expiry_policy(work, "exchange", pool, today, unit), today)
        for pool in {share.pool for share in shares}
    }
    return merged(Share(share.pool, lives[share.pool], share.points) for share in shares)
