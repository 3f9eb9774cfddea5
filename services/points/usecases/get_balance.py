"""What a member has."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.points.domain.buckets import NEVER
from services.points.storage.wallets import find_balance
from services.points.usecases.find_wallet import insist_on_account


def get_balance(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Balance."""
    balance = find_balance(work, request["member_id"], request["unit"], local_date(work.now), NEVER, work.now)
    if balance is None:
        insist_on_account(work, request["member_id"])
        return _none_yet(work, request)
    return balance


def _none_yet(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    nothing = dict.fromkeys(("available", "held", "earned_in_all", "owed"), 0)
    return {**request, **nothing, "expiring": [], "as_of": work.now}
