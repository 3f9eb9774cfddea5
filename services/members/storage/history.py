"""What happened to a membership; rows are only ever added."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.members.storage.tables import state_change, tier_change


def record_state_change(work: Work, row: dict[str, Any]) -> None:
    work.execute(state_change.insert(), row)


def state_changes_of(work: Work, member_id: str) -> list[Any]:
    """Oldest first."""
    statement = sa.select(state_change).where(state_change.c.member_id == member_id).order_by(state_change.c.id)
    return list(work.execute(statement).all())


def tier_changes_of(work: Work, member_id: str) -> list[Any]:
    """Oldest first."""
    statement = sa.select(tier_change).where(tier_change.c.member_id == member_id).order_by(tier_change.c.id)
    return list(work.execute(statement).all())
