"""What paid charges earn: effective-dated rows; the newest one whose day has come counts."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.bill_runs import AccrualRule

_IN_FORCE = sa.text("""
    SELECT id FROM bill_accrual_rule WHERE effective_from <= :day ORDER BY effective_from DESC, id DESC LIMIT 1
""")
_RULE = sa.text("""
    SELECT points_per_yuan, largest_points_per_line, largest_points_per_member, excluded_kinds, decreases
    FROM bill_accrual_rule WHERE id = :id
""")


def rule_in_force(work: Work, day: date) -> int:
    """The id of its row, which a run keeps."""
    found = work.execute(_IN_FORCE, {"day": day}).scalar_one_or_none()
    if found is None:
        raise LookupError(f"no accrual rule for bills on {day}")
    return int(found)


def rule_of_run(work: Work, rule_id: int) -> AccrualRule:
    row: Any = work.execute(_RULE, {"id": rule_id}).one()
    return AccrualRule(
        row.points_per_yuan,
        row.largest_points_per_line,
        row.largest_points_per_member,
        frozenset(row.excluded_kinds),
        row.decreases,
    )
