"""Deleting what has served its time, a bounded piece at a time."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.members.storage.tables import code_request, session, sign_in_code


def delete_codes_before(work: Work, moment: datetime, most: int) -> int:
    return _delete(work, sign_in_code, sign_in_code.c.code_id, sign_in_code.c.requested_at < moment, most)


def delete_code_requests_before(work: Work, moment: datetime, most: int) -> int:
    return _delete(work, code_request, code_request.c.id, code_request.c.requested_at < moment, most)


def delete_sessions_before(work: Work, moment: datetime, most: int) -> int:
    return _delete(work, session, session.c.session_id, session.c.expires_at < moment, most)


def _delete(work: Work, table: sa.Table, key: Any, is_old: Any, most: int) -> int:
    old = sa.select(key.label("old")).where(is_old).limit(most).with_for_update(skip_locked=True).cte("few")
    return work.execute(sa.delete(table).where(key.in_(sa.select(old.c.old)))).rowcount
