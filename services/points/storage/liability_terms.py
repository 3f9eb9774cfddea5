"""What a report is measured by: rows as they stood when it was booked, so that it can be worked again."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.liability.breakage import Evidence
from services.points.domain.liability.recognition import MILLION, Consideration
from services.points.domain.liability.report import Configuration
from services.points.domain.liability.terms import PointConsideration, PointValue, Terms

_VALUES = sa.text("""
    SELECT unit, effective_from, fen FROM point_value WHERE created_at <= :booked_by ORDER BY effective_from, id
""")
_CONSIDERATIONS = sa.text("""
    SELECT unit, source, effective_from, basis, fen FROM point_consideration
    WHERE created_at <= :booked_by ORDER BY effective_from, id
""")
_BREAKAGE = sa.text("""
    SELECT DISTINCT ON (unit, source) unit, source, share FROM breakage_assumption
    WHERE created_at <= :booked_by AND effective_from <= :day ORDER BY unit, source, effective_from DESC, id DESC
""")
_SETTING = sa.text("""
    SELECT value FROM ledger_setting WHERE name = :name AND created_at <= :booked_by AND effective_from <= :day
    ORDER BY effective_from DESC, id DESC LIMIT 1
""")


def configuration(work: Work, day: date, booked_by: datetime) -> Configuration:
    """What was in force on ``day`` by rows that were there at ``booked_by``; raises LookupError without settings."""
    known = {"day": day, "booked_by": booked_by}
    shares = work.execute(_BREAKAGE, known)
    return Configuration(
        Terms(_values(work, booked_by), _considerations(work, booked_by)),
        {(row.unit, row.source): _millionths(row.share) for row in shares},
        Evidence(_setting(work, "breakage_history_months", known), _setting(work, "breakage_history_points", known)),
    )


def _values(work: Work, booked_by: datetime) -> Sequence[PointValue]:
    rows = work.execute(_VALUES, {"booked_by": booked_by})
    return [PointValue(row.unit, row.effective_from, _millionths(row.fen)) for row in rows]


def _considerations(work: Work, booked_by: datetime) -> Sequence[PointConsideration]:
    rows = work.execute(_CONSIDERATIONS, {"booked_by": booked_by})
    return [
        PointConsideration(
            row.unit, row.source, row.effective_from, Consideration(row.basis, _millionths(row.fen or Decimal(0)))
        )
        for row in rows
    ]


def _setting(work: Work, name: str, known: Mapping[str, object]) -> int:
    value = work.execute(_SETTING, {"name": name, **known}).scalar_one_or_none()
    if value is None:
        raise LookupError(f"no setting {name}")
    return value


def _millionths(number: Decimal) -> int:
    """Exactly: the columns have six decimals."""
    return int(number * MILLION)
