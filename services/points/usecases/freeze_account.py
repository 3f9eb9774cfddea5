"""Accounts frozen by ops, and open again. Orders that were placed before go on: their holds may be captured."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.chassis.refusal import Refused
from services.points import contract
from services.points.storage import freezes
from services.points.storage.freezes import account_state
from services.points.storage.holders import settle_account_status
from services.points.storage.locks import lock_state_of


def freeze_account(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Frozen. An account may be frozen more than once, each time for a reason of its own."""
    member_id = request["member_id"]
    lock_state_of(work, member_id)
    if account_state(work, member_id) is None:
        raise Refused(contract.ACCOUNT_UNKNOWN, "the member has no account")
    freeze_id = derived_id("frz", member_id, request["request_id"])
    freezes.note_freeze(work, freeze_id, member_id, request["reason"])
    settle_account_status(work, member_id)
    frozen = {"freeze_id": freeze_id, "member_id": member_id}
    work.emit(contract.ACCOUNT_WAS_FROZEN, member_id, frozen, freezes.count_of(work, member_id))
    return frozen


def unfreeze_account(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Unfrozen: one freeze is lifted; the account opens if nothing else keeps it frozen."""
    freeze_id = request["freeze_id"]
    member_id = freezes.member_of_freeze(work, freeze_id)
    if member_id is None:
        raise Refused(contract.FREEZE_UNKNOWN, "there is no such freeze")
    lock_state_of(work, member_id)
    if not freezes.note_lifted(work, freeze_id, request["reason"]):
        raise Refused(contract.FREEZE_LIFTED_BEFORE, "this freeze was lifted before")
    settle_account_status(work, member_id)
    found = account_state(work, member_id)
    lifted = {"freeze_id": freeze_id, "member_id": member_id, "status": found.status if found else "frozen"}
    work.emit(contract.ACCOUNT_WAS_UNFROZEN, member_id, lifted, freezes.count_of(work, member_id))
    return lifted
