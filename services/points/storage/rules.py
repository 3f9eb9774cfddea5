"""Rules and settings: effective-dated rows; the newest one whose day has come counts."""

from datetime import date

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.bill_runs import AccrualRule
from services.points.domain.expiry import ExpiryPolicy

_POLICY = sa.text("""
    SELECT rule, amount FROM expiry_policy
    WHERE source IN (:source, '*') AND pool = :pool AND effective_from <= :day
    ORDER BY source = :source DESC, effective_from DESC, id DESC LIMIT 1
""")
_ACCRUAL = sa.text("""
    SELECT points_per_yuan, largest_points_per_line FROM bill_accrual_rule
    WHERE effective_from <= :day ORDER BY effective_from DESC, id DESC LIMIT 1
""")
_BONUS = sa.text("""
    SELECT points FROM sign_up_bonus WHERE effective_from <= :day ORDER BY effective_from DESC, id DESC LIMIT 1
""")
_SETTING = sa.text("""
    SELECT value FROM ledger_setting
    WHERE name = :name AND effective_from <= :day ORDER BY effective_from DESC, id DESC LIMIT 1
""")


def expiry_policy(work: Work, source: str, pool: int, day: date) -> ExpiryPolicy:
    row = work.execute(_POLICY, {"source": source, "pool": pool, "day": day}).one_or_none()
    if row is None:
        raise LookupError(f"no expiry policy for {source} in pool {pool} on {day}")
    return ExpiryPolicy(row.rule, row.amount)


def bill_accrual_rule(work: Work, day: date) -> AccrualRule:
    row = work.execute(_ACCRUAL, {"day": day}).one_or_none()
    if row is None:
        raise LookupError(f"no accrual rule for bills on {day}")
    return AccrualRule(row.points_per_yuan, row.largest_points_per_line)


def sign_up_bonus(work: Work, day: date) -> int:
    """0: joining earns nothing."""
    return work.execute(_BONUS, {"day": day}).scalar_one_or_none() or 0


def setting(work: Work, name: str, day: date) -> int:
    value = work.execute(_SETTING, {"name": name, "day": day}).scalar_one_or_none()
    if value is None:
        raise LookupError(f"no setting {name} on {day}")
    return value
