"""What catalog told of orders that wait in halls: prepared, collected; whichever is heard of first."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.orders.storage.tables import pick_up


def pick_ups_of(work: Work, order_ids: Sequence[str]) -> dict[str, sa.Row]:
    """By order, of those of which anything was told."""
    if not order_ids:
        return {}
    wanted = sa.select(pick_up).where(pick_up.c.order_id.in_(order_ids))
    return {row.order_id: row for row in work.execute(wanted)}


def note_prepared(work: Work, order_id: str, told: Mapping[str, Any]) -> bool:
    """False if it was known. ``told``: name_zh, name_en, code, prepared_at, fetch_by."""
    return _note(work, order_id, told, pick_up.c.prepared_at)


def note_collected(work: Work, order_id: str, told: Mapping[str, Any]) -> bool:
    """False if it was known. ``told``: collected_at, key_id."""
    return _note(work, order_id, told, pick_up.c.collected_at)


def _note(work: Work, order_id: str, told: Mapping[str, Any], known: sa.Column) -> bool:
    row = insert(pick_up).values(order_id=order_id, **told)
    first = row.on_conflict_do_update(index_elements=["order_id"], set_=dict(told), where=known.is_(None))
    return bool(work.execute(first).rowcount)
