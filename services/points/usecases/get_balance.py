"""What a member has."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import NEVER
from services.points.storage.wallets import find_balance


def get_balance(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Balance."""
    balance = find_balance(work, request["member_id"], local_date(work.now), NEVER, work.now)
    if balance is None:
        raise Refused(contract.ACCOUNT_UNKNOWN, "the member has no account")
    return balance
