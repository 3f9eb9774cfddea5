"""Which wallet a member looks into. Who has an account may not have one of every unit yet."""

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.storage.locks import lock_state_of
from services.points.storage.wallets import find_wallet_id


def wallet_or_none(work: Work, member_id: str, unit: str) -> int | None:
    """None where there is no wallet of ``unit`` yet, hence nothing in it. Refuses points.account_unknown."""
    found = find_wallet_id(work, member_id, unit)
    if found is not None:
        return found
    insist_on_account(work, member_id)
    lock_state_of(work, member_id)  # whoever is opening one has then booked in it, and nobody opens one before we end
    return find_wallet_id(work, member_id, unit)


def insist_on_account(work: Work, member_id: str) -> None:
    """Wallets of points open with the account, those of coins when they are first needed."""
    if find_wallet_id(work, member_id, contract.POINTS) is None:
        raise Refused(contract.ACCOUNT_UNKNOWN, "the member has no account")
