"""Message rows of one-time codes: they say that a code went out, and never which."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.notifications.domain.message_states import MESSAGE
from services.notifications.storage.tables import message


def begin(work: Work, row: dict[str, Any], lease: datetime) -> Any | None:
    """A row that is ours to send; None if the event id is known already."""
    claimed = {
        "state": MESSAGE.next("queued", "claim"),
        "attempts": 1,
        "claims": 1,
        "leased_until": lease,
        "created_at": work.now,
        "next_attempt_at": work.now,
    }
    statement = insert(message).values(row | claimed).on_conflict_do_nothing().returning(message)
    return work.execute(statement).one_or_none()


def take_over(work: Work, event_id: str, lease: datetime) -> Any | None:
    """The row whose sender died before it could tell the result; None if it is settled or in good hands."""
    return work.execute(
        sa.update(message)
        .where(message.c.event_id == event_id, message.c.body.is_(None))
        .where(message.c.state == "sending", message.c.leased_until < work.now)
        .values(leased_until=lease, claims=message.c.claims + 1, attempts=message.c.attempts + 1)
        .returning(message)
    ).one_or_none()
