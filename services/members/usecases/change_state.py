"""Suspending, resuming, pre-cancelling and cancelling a membership."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.members.contract import MEMBER_UNKNOWN, STATE_CHANGE_NOT_ALLOWED, STATE_CHANGED
from services.members.domain.member_states import CANCELLED, MEMBER_STATES
from services.members.storage.history import record_state_change
from services.members.storage.locks import lock_members
from services.members.storage.members import move_state
from services.members.storage.sessions import revoke_all
from services.members.usecases.member_views import member_of


def change_state(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The member in the new state; who cancels is signed out everywhere."""
    locked = lock_members(work, [request["member_id"]])
    if not locked:
        raise Refused(MEMBER_UNKNOWN, "no such member")
    previous, change = locked[0].state, request["change"]
    if not MEMBER_STATES.allows(previous, change):
        raise _not_allowed(previous, change)
    changed = move_state(work, request["member_id"], previous, MEMBER_STATES.next(previous, change))
    if changed is None:
        raise _not_allowed(previous, change)
    if changed.state == CANCELLED:
        revoke_all(work, changed.member_id)
    _record(work, request, previous, changed)
    return member_of(changed)


def _record(work: Work, request: dict[str, Any], previous: str, changed: Any) -> None:
    fact = {
        "member_id": changed.member_id,
        "previous": previous,
        "state": changed.state,
        "reason": request["reason"],
    }
    audit = {"change": request["change"], "actor": request["actor"], "version": changed.version, "changed_at": work.now}
    record_state_change(work, fact | audit)
    work.emit(STATE_CHANGED, changed.member_id, fact, sequence=changed.version)


def _not_allowed(state: str, change: str) -> Refused:
    return Refused(STATE_CHANGE_NOT_ALLOWED, f"{change} is not allowed in state {state}", state=state, change=change)
