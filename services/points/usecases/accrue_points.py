"""Points earned by one member."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import Share, wire_date
from services.points.domain.chart import GENERAL_POOL, issue_account
from services.points.domain.expiry import expires_on
from services.points.storage import buckets, entries, rules
from services.points.storage.journals import Deed, next_journal_id, recall, write_journal
from services.points.storage.locks import Wallet, lock_wallet_of
from services.points.storage.wallets import Balance, change_wallet


def accrue_points(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Accrued. The journal remembers the answer for ever."""
    wallet = lock_wallet_of(work, request["member_id"])
    deed = Deed.of_request(contract.ACCRUE_POINTS, request)
    if answered := recall(work, deed):
        return answered
    if wallet is None:
        raise Refused(contract.ACCOUNT_UNKNOWN, "the member has no account")
    if wallet.frozen:
        raise Refused(contract.ACCOUNT_FROZEN, "a frozen account earns nothing")
    return _post(work, wallet, deed, request)


def _post(work: Work, wallet: Wallet, deed: Deed, request: dict[str, Any]) -> dict[str, Any]:
    today, points, source = local_date(work.now), request["points"], request["source"]
    policy = rules.expiry_policy(work, source, GENERAL_POOL, today)
    share = Share(GENERAL_POOL, expires_on(policy, today), points)
    buckets.credit(work, wallet.id, [share])
    balance = change_wallet(work, wallet.id, today, posted=points, lifetime=points)
    journal_id = next_journal_id(work)
    entries.write_received(work, journal_id, wallet.id, [share], issue_account(source))
    result = {
        "journal_id": journal_id,
        "points": points,
        "available": balance.available,
        "expires_on": wire_date(share.expires_on),
    }
    reference = request["reference"]
    write_journal(work, journal_id, deed, "accrual", result, effective_on=today, source=source, ref=reference)
    _announce(work, wallet, balance, request, result)
    return result


def _announce(work: Work, wallet: Wallet, balance: Balance, request: dict[str, Any], result: dict[str, Any]) -> None:
    posting = {name: result[name] for name in ("points", "available", "expires_on")}
    data = {
        "source": request["source"],
        "reference": request["reference"],
        "effective_on": local_date(work.now).isoformat(),
        "postings": [{"member_id": wallet.member_id, **posting}],
    }
    work.emit(contract.POINTS_ACCRUED, wallet.member_id, data, balance.version)
