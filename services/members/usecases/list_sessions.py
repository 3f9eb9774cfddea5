"""A member's live sessions."""

from typing import Any

from services.chassis.data.work import Works
from services.members.storage.sessions import live_sessions


def list_sessions(works: Works, request: dict[str, Any]) -> dict[str, Any]:
    """Sessions, newest first; empty for a member without any."""
    with works.begin() as work:
        rows = live_sessions(work, request["member_id"], works.settings.session_idle_s)
    return {"sessions": [dict(row._mapping) for row in rows]}
