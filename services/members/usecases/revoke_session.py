"""Ending a session."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.members.contract import SESSION_UNKNOWN
from services.members.storage.sessions import revoke


def revoke_session(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """A member ends sessions of their own only; one that has ended already stays ended."""
    if not revoke(work, request["member_id"], request["session_id"]):
        raise Refused(SESSION_UNKNOWN, "the member has no such session")
    return {"session_id": request["session_id"]}
