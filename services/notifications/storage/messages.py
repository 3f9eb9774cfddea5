"""Messages by SMS and e-mail: queued and settled in bulk, always from the state they are expected in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.chassis.data.database import as_json
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.notifications.domain.message_states import MESSAGE
from services.notifications.storage.locks import lock_messages
from services.notifications.storage.tables import message

_ENDS = tuple(state for state in MESSAGE.states if MESSAGE.is_end(state))
_COLUMNS = """
    message_id, event_id, member_id, topic, channel, language, recipient, subject, body, priority, state, created_at,
    next_attempt_at, expires_at
"""
_QUEUE = Planned(
    "queue_messages",
    f"""
    INSERT INTO message ({_COLUMNS})
    SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::message, CAST(:rows AS jsonb)) ON CONFLICT DO NOTHING
    """,  # noqa: S608 — put together of constants
)
_CHANGE = Planned(
    "change_messages",
    """
    UPDATE message SET state = change.state, leased_until = NULL, problem = change.problem,
        settled_at = CASE WHEN change.state = ANY(CAST(:ends AS text[])) THEN CAST(:now AS timestamptz) END,
        parts = coalesce(change.parts, message.parts), attempts = coalesce(change.attempts, message.attempts),
        next_attempt_at = coalesce(change.next_attempt_at, message.next_attempt_at)
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS change (
        message_id text, sources text[], claims integer, state text, problem text, parts smallint, attempts integer,
        next_attempt_at timestamptz)
    WHERE message.message_id = change.message_id AND message.state = ANY(change.sources)
      AND message.claims = coalesce(change.claims, message.claims)
    """,
)


class Change(NamedTuple):
    """What happens to a message. ``claims``: only if nobody else has taken it up since it had so many. ``parts``,
    ``attempts`` and ``next_attempt_at`` stay as they are if they are not given."""

    message_id: str
    event: str
    claims: int | None = None
    problem: str | None = None
    parts: int | None = None
    attempts: int | None = None
    next_attempt_at: datetime | None = None

    def as_row(self) -> dict[str, Any]:
        sources = MESSAGE.sources(self.event)
        return self._asdict() | {"sources": sources, "state": MESSAGE.next(sources[0], self.event)}


def queue_messages(work: Work, rows: Sequence[dict[str, Any]]) -> None:
    """What was queued before for the same event, channel and member stays as it is."""
    if rows:
        work.leave(_QUEUE, {"rows": as_json(rows)})


def change_messages(work: Work, changes: Sequence[Change]) -> int:
    """How many of the messages were in the state that their change asks for: late news changes nothing. Locks them in
    order."""
    if not changes:
        return 0
    lock_messages(work, [change.message_id for change in changes])
    rows = as_json([change.as_row() for change in changes])
    return work.execute(_CHANGE, {"rows": rows, "ends": list(_ENDS), "now": work.now}).rowcount


def give_up_messages(work: Work, message_ids: Sequence[str], problem: str) -> None:
    change_messages(work, [Change(message_id, "expire", problem=problem) for message_id in message_ids])


def messages_of(work: Work, member_id: str, most: int) -> list[Any]:
    """Newest first."""
    return list(
        work.execute(
            sa.select(message).where(message.c.member_id == member_id).order_by(message.c.message_id.desc()).limit(most)
        ).all()
    )


def message_by_event(work: Work, event_id: str) -> Any | None:
    return work.execute(sa.select(message).where(message.c.event_id == event_id)).one_or_none()
