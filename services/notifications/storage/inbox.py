"""The inbox that members read in the mall."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.data.database import as_json
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.notifications.storage.tables import inbox_message

_COLUMNS = "message_id, event_id, member_id, topic, title, body, created_at"
_PUT = Planned(
    "put_into_inboxes",
    f"""
    INSERT INTO inbox_message ({_COLUMNS})
    SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::inbox_message, CAST(:rows AS jsonb)) ON CONFLICT DO NOTHING
    """,  # noqa: S608 — put together of constants
)


def put_into_inboxes(work: Work, rows: Sequence[dict[str, Any]]) -> None:
    """An event that is there already stays as it is."""
    if rows:
        work.leave(_PUT, {"rows": as_json(rows)})


def inbox_of(work: Work, member_id: str, most: int, before: str | None = None) -> list[Any]:
    """Newest first (ids are in the order of time), those older than message ``before``."""
    statement = sa.select(inbox_message).where(inbox_message.c.member_id == member_id)
    if before is not None:
        statement = statement.where(inbox_message.c.message_id < before)
    return list(work.execute(statement.order_by(inbox_message.c.message_id.desc()).limit(most)).all())


def mark_as_read(work: Work, member_id: str, message_id: str) -> Any | None:
    """The message, read now or before; None if the member has no such message."""
    return work.execute(
        sa.update(inbox_message)
        .where(inbox_message.c.message_id == message_id, inbox_message.c.member_id == member_id)
        .values(read_at=sa.func.coalesce(inbox_message.c.read_at, work.now))
        .returning(inbox_message)
    ).one_or_none()
