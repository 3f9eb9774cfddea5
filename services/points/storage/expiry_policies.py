"""Expiry policies as ops see and change them. A scope is a source, a unit and a pool; null and ``*`` are any."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work

_IN_FORCE = sa.text("""
    SELECT DISTINCT ON (source, unit, pool) source, unit, pool, rule, amount, rounding, effective_from, actor
    FROM expiry_policy WHERE effective_from <= :day
    ORDER BY source, unit NULLS FIRST, pool NULLS FIRST, effective_from DESC, id DESC
""")
_COMING = sa.text("""
    SELECT source, unit, pool, rule, amount, rounding, effective_from, actor FROM expiry_policy
    WHERE effective_from > :day ORDER BY effective_from, id
""")
_PUT = sa.text("""
    INSERT INTO expiry_policy (source, unit, pool, rule, amount, rounding, effective_from, actor)
    VALUES (:source, :unit, :pool, :rule, :amount, :rounding, :effective_from, :actor)
""")


def policies_in_force(work: Work, day: date) -> list[dict[str, Any]]:
    """The newest row of every scope whose day has come."""
    return [dict(row._mapping) for row in work.execute(_IN_FORCE, {"day": day})]


def policies_to_come(work: Work, day: date) -> list[dict[str, Any]]:
    """Rows that take over after ``day``, the next first."""
    return [dict(row._mapping) for row in work.execute(_COMING, {"day": day})]


def put_policy(work: Work, row: dict[str, Any]) -> None:
    """``row``: source, unit, pool, rule, amount, rounding, effective_from. Who put it there is kept with it."""
    work.execute(_PUT, row | {"actor": work.context.actor})
