"""Points earned by one member."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import Share, wire_date
from services.points.domain.changes import available_after, changed
from services.points.domain.chart import POINTS, issue_account
from services.points.domain.debts import repay
from services.points.domain.expiry import expires_on
from services.points.storage import rules
from services.points.storage.bookings import Booking, book_earning
from services.points.storage.debts import debt_legs
from services.points.storage.entries import Leg
from services.points.storage.journals import Deed
from services.points.storage.locks import Wallet
from services.points.storage.pools import is_known_pool
from services.points.storage.seen import Seen, see_wallet
from services.points.storage.wallets import Balance
from services.points.usecases.open_wallet import open_missing_wallets


def accrue_points(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Accrued. The journal remembers the answer for ever."""
    deed = Deed.of_request(contract.ACCRUE_POINTS, request)
    seen = see_wallet(work, deed, request["member_id"], request["unit"])
    if seen.answered:
        return seen.answered
    if seen.wallet is None and request["unit"] != POINTS:
        open_missing_wallets(work, [request["member_id"]], request["unit"])
        seen = see_wallet(work, deed, request["member_id"], request["unit"])
    if seen.wallet is None:
        raise Refused(contract.ACCOUNT_UNKNOWN, "the member has no account")
    if seen.wallet.frozen:
        raise Refused(contract.ACCOUNT_FROZEN, "a frozen account earns nothing")
    if not is_known_pool(work, request["pool"], local_date(work.now)):
        raise Refused(contract.POOL_UNKNOWN, "there is no such pool", pool=request["pool"])
    return _post(work, deed, seen, seen.wallet, request)


def _post(work: Work, deed: Deed, seen: Seen, wallet: Wallet, request: dict[str, Any]) -> dict[str, Any]:
    today, points, source, pool = local_date(work.now), request["points"], request["source"], request["pool"]
    policy = rules.expiry_policy(work, source, pool, today, wallet.unit)
    share = Share(pool, expires_on(policy, today), points)
    came = repay([share], wallet.owed)
    changes = changed(came.kept, remaining=1)
    balance = Balance(available_after(seen.free, changes, today), wallet.version + 1)
    result = {
        "journal_id": seen.journal_id,
        "points": points,
        "repaid": came.repaid,
        "available": balance.available,
        "expires_on": wire_date(share.expires_on),
    }
    legs = [Leg(wallet.unit, -points, owner=issue_account(source)), *debt_legs(work, wallet, came.repaid)]
    more = {"lifetime": points, "owed": -came.repaid, "source": source, "ref": request["reference"]}
    book_earning(work, seen, deed, Booking("accrual", result, changes, legs, **more))
    _announce(work, wallet, balance, request, result)
    return result


def _announce(work: Work, wallet: Wallet, balance: Balance, request: dict[str, Any], result: dict[str, Any]) -> None:
    posting = {name: result[name] for name in ("points", "available", "expires_on")}
    data = {
        "unit": wallet.unit,
        "source": request["source"],
        "reference": request["reference"],
        "effective_on": local_date(work.now).isoformat(),
        "postings": [{"member_id": wallet.member_id, **posting}],
    }
    work.emit(contract.POINTS_ACCRUED, wallet.member_id, data, balance.version)
