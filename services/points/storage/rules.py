"""Rules and settings: effective-dated rows; the newest one whose day has come counts."""

from datetime import date

import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.points.domain.chart import POINTS
from services.points.domain.expiry import ExpiryPolicy

# The narrowest scope counts, by source first, then by unit and pool; within a scope the newest row.
_POLICY = Planned(
    "expiry_policy",
    """
    SELECT rule, amount, rounding FROM expiry_policy
    WHERE source IN (:source, '*') AND coalesce(unit, :unit) = :unit AND coalesce(pool, :pool) = :pool
          AND effective_from <= :day
    ORDER BY source = :source DESC, unit IS NULL, pool IS NULL, effective_from DESC, id DESC LIMIT 1
    """,
)
_BONUS = sa.text("""
    SELECT points FROM sign_up_bonus WHERE effective_from <= :day ORDER BY effective_from DESC, id DESC LIMIT 1
""")
_SETTING = Planned(
    "ledger_setting",
    """
    SELECT value FROM ledger_setting
    WHERE name = :name AND effective_from <= :day ORDER BY effective_from DESC, id DESC LIMIT 1
    """,
)


def expiry_policy(work: Work, source: str, pool: int, day: date, unit: str = POINTS) -> ExpiryPolicy:
    """The policy for what is earned on ``day``."""
    row = work.execute(_POLICY, {"source": source, "unit": unit, "pool": pool, "day": day}).one_or_none()
    if row is None:
        raise LookupError(f"no expiry policy for {unit} of {source} in pool {pool} on {day}")
    return ExpiryPolicy(row.rule, row.amount, row.rounding)


def sign_up_bonus(work: Work, day: date) -> int:
    """0: joining earns nothing."""
    return work.execute(_BONUS, {"day": day}).scalar_one_or_none() or 0


def setting(work: Work, name: str, day: date) -> int:
    value = work.execute(_SETTING, {"name": name, "day": day}).scalar_one_or_none()
    if value is None:
        raise LookupError(f"no setting {name} on {day}")
    return value
