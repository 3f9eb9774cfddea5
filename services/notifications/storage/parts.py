"""Parts that a message centre took, and the receipts about them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.notifications.domain.outgoing import Part, Receipt
from services.notifications.storage.tables import message, message_part, receipt


def record_parts(work: Work, provider: str, message_id: str, parts: Iterable[Part]) -> None:
    """A centre may use an id again after years: the newest message owns it."""
    rows = [
        {
            "provider": provider,
            "provider_message_id": part.provider_message_id,
            "message_id": message_id,
            "part_no": part.number,
            "state": "sent",
            "accepted_at": work.now,
        }
        for part in parts
    ]
    if rows:
        statement = insert(message_part)
        owned = {name: statement.excluded[name] for name in ("message_id", "part_no", "state", "accepted_at")}
        key = [message_part.c.provider, message_part.c.provider_message_id]
        work.execute(statement.on_conflict_do_update(index_elements=key, set_=owned), rows)


def accepted_parts(work: Work, message_ids: Iterable[str]) -> dict[str, set[int]]:
    """The part numbers that need not be sent again, by message."""
    found: dict[str, set[int]] = {}
    rows = work.execute(
        sa.select(message_part.c.message_id, message_part.c.part_no).where(
            message_part.c.message_id.in_(list(message_ids)), message_part.c.state != "failed"
        )
    )
    for row in rows:
        found.setdefault(row.message_id, set()).add(row.part_no)
    return found


def keep_receipt(work: Work, news: Receipt) -> None:
    row = {**vars(news), "received_at": work.now}
    work.execute(insert(receipt).values(row).on_conflict_do_nothing())


def mark_part(work: Work, row: Any) -> None:
    """The first final word about a part stands."""
    work.execute(
        sa.update(message_part)
        .where(message_part.c.provider == row.provider, message_part.c.state == "sent")
        .where(message_part.c.provider_message_id == row.provider_message_id)
        .values(state=row.outcome)
    )


def drop_receipts(work: Work, receipt_ids: Iterable[int]) -> None:
    work.execute(sa.delete(receipt).where(receipt.c.receipt_id.in_(list(receipt_ids))))


def drop_receipts_before(work: Work, instant: datetime) -> int:
    return int(work.execute(sa.delete(receipt).where(receipt.c.received_at < instant)).rowcount)


def part_states(work: Work, message_ids: Iterable[str]) -> dict[str, tuple[int, dict[int, set[str]]]]:
    """By message that is ``sent``: (parts in all, states seen of each part number)."""
    states: dict[str, tuple[int, dict[int, set[str]]]] = {}
    rows = work.execute(
        sa.select(message.c.message_id, message.c.parts, message_part.c.part_no, message_part.c.state)
        .join(message_part, message_part.c.message_id == message.c.message_id)
        .where(message.c.message_id.in_(list(message_ids)), message.c.state == "sent")
    )
    for row in rows:
        _, seen = states.setdefault(row.message_id, (row.parts or 1, {}))
        seen.setdefault(row.part_no, set()).add(row.state)
    return states
