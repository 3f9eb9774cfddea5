"""What ops see of an account."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.storage.freezes import account_state, freezes_of
from services.points.storage.wallets import wallet_states


def get_account(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Account."""
    member_id = request["member_id"]
    found = account_state(work, member_id)
    if found is None:
        raise Refused(contract.ACCOUNT_UNKNOWN, "the member has no account")
    return {
        "member_id": member_id,
        "state": found.state,
        "status": found.status,
        "wallets": wallet_states(work, member_id, local_date(work.now)),
        "freezes": freezes_of(work, member_id),
    }
