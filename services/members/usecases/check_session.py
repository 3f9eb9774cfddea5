"""Whose session a token is. Asked on every request of a signed-in member, hence one statement."""

from typing import Any

from services.chassis.data.work import Works
from services.chassis.refusal import Refused
from services.members.contract import SESSION_UNKNOWN
from services.members.domain.keyed_hashes import token_hash
from services.members.storage.sessions import check_token


def check_session(works: Works, request: dict[str, Any]) -> dict[str, Any]:
    """A SessionChecked. A suspended member's session is good, and says so: what it may do is for others to decide."""
    limits = works.settings
    with works.begin() as work:
        found = check_token(work, token_hash(request["token"]), limits.session_idle_s, limits.seen_every_s)
    if found is None:
        raise Refused(SESSION_UNKNOWN, "no such session: never opened, ended or revoked")
    return dict(found._mapping)
