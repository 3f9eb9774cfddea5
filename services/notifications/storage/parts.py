"""Parts that a message centre took, and the receipts about them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from services.chassis.data.database import as_json
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.notifications.domain.outgoing import Part, Receipt
from services.notifications.storage.tables import receipt

_COLUMNS = "provider, provider_message_id, message_id, part_no, state, accepted_at"
_RECORD = Planned(
    "record_parts",
    f"""
    INSERT INTO message_part ({_COLUMNS})
    SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::message_part, CAST(:rows AS jsonb))
    ON CONFLICT (provider, provider_message_id) DO UPDATE SET message_id = excluded.message_id,
        part_no = excluded.part_no, state = excluded.state, accepted_at = excluded.accepted_at
    """,  # noqa: S608 — put together of constants
)
_ACCEPTED = Planned(
    "accepted_parts",
    """
    SELECT message_id, part_no FROM message_part
    WHERE message_id = ANY(CAST(:message_ids AS text[])) AND state <> 'failed'
    """,
)
_KEEP = Planned(
    "keep_receipt",
    """
    INSERT INTO receipt (provider, provider_message_id, outcome, received_at)
    VALUES (:provider, :provider_message_id, :outcome, :received_at) ON CONFLICT DO NOTHING
    """,
)
_MATCH = Planned(
    "match_receipts",
    """
    WITH word AS (
        DELETE FROM receipt WHERE receipt_id = ANY(CAST(:receipt_ids AS bigint[]))
        RETURNING receipt_id, provider, provider_message_id, outcome
    ),
    first_word AS (
        SELECT DISTINCT ON (provider, provider_message_id) provider, provider_message_id, outcome FROM word
        ORDER BY provider, provider_message_id, receipt_id
    )
    UPDATE message_part AS part SET state = first_word.outcome FROM first_word
    WHERE (part.provider, part.provider_message_id) = (first_word.provider, first_word.provider_message_id)
      AND part.state = 'sent'
    """,
)
_STATES = Planned(
    "part_states",
    """
    SELECT message.message_id, message.parts, part.part_no, part.state
    FROM message JOIN message_part AS part ON part.message_id = message.message_id
    WHERE message.message_id = ANY(CAST(:message_ids AS text[])) AND message.state = 'sent'
    """,
)


def record_parts(work: Work, provider: str, taken: Iterable[tuple[str, Sequence[Part]]]) -> None:
    """The parts of messages, by message id. A centre may use an id again after years: the newest message owns it."""
    rows = [
        {
            "provider": provider,
            "provider_message_id": part.provider_message_id,
            "message_id": message_id,
            "part_no": part.number,
            "state": "sent",
            "accepted_at": work.now,
        }
        for message_id, parts in taken
        for part in parts
    ]
    if rows:
        work.leave(_RECORD, {"rows": as_json(rows)})


def accepted_parts(work: Work, message_ids: Sequence[str]) -> dict[str, set[int]]:
    """The part numbers that need not be sent again, by message."""
    found: dict[str, set[int]] = {}
    for row in work.execute(_ACCEPTED, {"message_ids": message_ids}) if message_ids else ():
        found.setdefault(row.message_id, set()).add(row.part_no)
    return found


def keep_receipt(work: Work, news: Receipt) -> None:
    work.leave(_KEEP, {**vars(news), "received_at": work.now})


def match_receipts(work: Work, receipt_ids: Sequence[int]) -> None:
    """They tell their parts and are gone. The first final word about a part stands."""
    work.leave(_MATCH, {"receipt_ids": receipt_ids})


def drop_receipts_before(work: Work, instant: datetime) -> int:
    return int(work.execute(sa.delete(receipt).where(receipt.c.received_at < instant)).rowcount)


def part_states(work: Work, message_ids: Iterable[str]) -> dict[str, tuple[int, dict[int, set[str]]]]:
    """By message that is ``sent``: (parts in all, states seen of each part number)."""
    states: dict[str, tuple[int, dict[int, set[str]]]] = {}
    for row in work.execute(_STATES, {"message_ids": list(message_ids)}):
        _, seen = states.setdefault(row.message_id, (row.parts or 1, {}))
        seen.setdefault(row.part_no, set()).add(row.state)
    return states
