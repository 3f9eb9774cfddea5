"""How far somebody alone may settle stock: effective-dated rows of operators."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work

_IN_FORCE = sa.text("""
    SELECT most_units FROM count_policy WHERE effective_from <= :now ORDER BY effective_from DESC LIMIT 1
""")
_WRITE = sa.text("""
    INSERT INTO count_policy (effective_from, most_units, actor, reason)
    VALUES (:effective_from, :most_units, :actor, :reason) ON CONFLICT (effective_from) DO NOTHING
""")
_ALL = sa.text("""
    SELECT most_units, greatest(effective_from, 'epoch') AS effective_from, reason, actor FROM count_policy
    ORDER BY count_policy.effective_from DESC
""")


def most_units_alone(work: Work) -> int:
    """Units that a count may be off, or that somebody may write off, that nobody else need approve."""
    return int(work.execute(_IN_FORCE, {"now": work.now}).scalar_one())


def write_policy(work: Work, most_units: int, effective_from: datetime, reason: str) -> bool:
    """False if this instant has one already."""
    row = {"most_units": most_units, "effective_from": effective_from, "reason": reason}
    return work.execute(_WRITE, {**row, "actor": work.context.actor}).rowcount == 1


def list_policies(work: Work) -> list[dict[str, Any]]:
    """The contract's CountPolicy, newest first."""
    return [dict(row) for row in work.execute(_ALL).mappings()]
