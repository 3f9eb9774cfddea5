"""Codes, their requests and ended sessions are deleted when nothing needs them any more."""

from datetime import timedelta

from services.chassis.data.work import Works
from services.members.storage.retention import (
    delete_code_requests_before,
    delete_codes_before,
    delete_sessions_before,
)

CODES_KEPT = timedelta(days=2)  # longer than the longest window in which requests are counted
SESSIONS_KEPT = timedelta(days=30)  # after their end, for questions of members and of fraud
CHUNK = 5000
KEPT = (
    (delete_codes_before, CODES_KEPT),
    (delete_code_requests_before, CODES_KEPT),
    (delete_sessions_before, SESSIONS_KEPT),
)


def forget_old_sign_ins(works: Works) -> bool:
    """Deletes at most a chunk of each kind; true if there may be more."""
    deleted = 0
    for delete_before, kept in KEPT:
        with works.begin() as work:
            deleted = max(deleted, delete_before(work, work.now - kept, CHUNK))
    return deleted == CHUNK
