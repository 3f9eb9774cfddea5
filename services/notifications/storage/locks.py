"""Every query that locks rows. Claims skip what others hold; the rest locks in key order."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.notifications.domain.message_states import MESSAGE
from services.notifications.storage.configuration import POLICY
from services.notifications.storage.tables import message, template

_ROOM = "least(CAST(:room AS integer), (SELECT batch FROM policy))"
_CLAIM = Planned(
    "claim_due_messages",
    f"""
    WITH policy AS ({POLICY}),
    abandoned AS (
        SELECT message_id FROM message
        WHERE channel = :channel AND state = 'sending' AND body IS NOT NULL
          AND leased_until < :now AND expires_at > :now AND attempts < (SELECT most_attempts FROM policy)
        ORDER BY leased_until LIMIT {_ROOM} FOR UPDATE SKIP LOCKED
    ),
    due AS (
        SELECT message_id FROM message
        WHERE channel = :channel AND state = 'queued' AND next_attempt_at <= :now AND expires_at > :now
        ORDER BY priority, next_attempt_at LIMIT {_ROOM} FOR UPDATE SKIP LOCKED
    )
    UPDATE message SET state = '{MESSAGE.next("queued", "claim")}', attempts = attempts + 1, claims = claims + 1,
        leased_until = CAST(:now AS timestamptz) + make_interval(secs => policy.lease_s)
    FROM policy
    WHERE message_id = ANY(ARRAY(
        SELECT message_id FROM abandoned UNION ALL SELECT message_id FROM due LIMIT {_ROOM}))
    RETURNING message_id, channel, language, recipient, subject, body, priority, attempts, claims, policy.*
    """,  # noqa: S608 — put together of constants
)
_CLAIM_RECEIPTS = Planned(
    "claim_matching_receipts",
    """
    SELECT receipt.receipt_id, part.message_id FROM receipt JOIN message_part AS part
      ON (part.provider, part.provider_message_id) = (receipt.provider, receipt.provider_message_id)
    ORDER BY receipt.receipt_id LIMIT :most FOR UPDATE OF receipt SKIP LOCKED
    """,
)
_LOCK = Planned(
    "lock_messages",
    "SELECT FROM message WHERE message_id = ANY(CAST(:message_ids AS text[])) ORDER BY message_id FOR UPDATE",
)


def claim_due_messages(work: Work, channel: str, room: int | None = None) -> list[Any]:
    """A batch of messages, ``room`` at most, most urgent first, now ``sending`` under our lease. First those whose
    sender died. Each row has also the channel's policy."""
    values = {"channel": channel, "room": room, "now": work.now}
    claimed = work.execute(_CLAIM, values).all()
    return sorted(claimed, key=lambda row: (row.priority, row.message_id))


def claim_outlived_messages(work: Work, channel: str, most: int) -> list[str]:
    """Ids of messages nobody needs any more and nobody is sending."""
    outlived = (message.c.expires_at <= work.now) & ((message.c.state == "queued") | _lease_is_over(work))
    return _claim_ids(work, channel, outlived, most)


def claim_used_up_messages(work: Work, channel: str, most_attempts: int, most: int) -> list[str]:
    """Ids of messages that were abandoned in their last attempt."""
    return _claim_ids(work, channel, _lease_is_over(work) & (message.c.attempts >= most_attempts), most)


def _lease_is_over(work: Work) -> Any:
    return (message.c.state == "sending") & (message.c.leased_until < work.now)


def _claim_ids(work: Work, channel: str, condition: Any, most: int) -> list[str]:
    free = sa.select(message.c.message_id).where(message.c.channel == channel, condition)
    return list(work.execute(free.limit(most).with_for_update(skip_locked=True)).scalars())


def lock_template(work: Work, topic: str, channel: str, language: str) -> None:
    """One new version at a time: whoever comes second waits and then counts on."""
    work.execute(
        sa.select(template.c.version)
        .where(template.c.topic == topic, template.c.channel == channel, template.c.language == language)
        .where(template.c.version == 1)
        .with_for_update()
    )


def claim_matching_receipts(work: Work, most: int) -> list[Any]:
    """Receipts whose part is known by now, oldest first: (receipt_id, message_id)."""
    return list(work.execute(_CLAIM_RECEIPTS, {"most": most}).all())


def lock_messages(work: Work, message_ids: Iterable[str]) -> None:
    """Before whatever comes next in this transaction."""
    work.leave(_LOCK, {"message_ids": list(message_ids)})
