"""Adjustments and their lines, which stay as they were requested."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.adjustments import ADJUSTMENT, Line, Sums
from services.points.storage.two_persons import Asked

ADJUSTMENTS = Asked(
    "adjustment",
    "adjustment_id",
    ADJUSTMENT,
    said=("unit", "reason", "lines", "added", "taken"),
    found=("journal_id",),
)
_LINES = sa.text("""
    INSERT INTO adjustment_line (adjustment_id, line, member_id, points)
    SELECT :id, * FROM unnest(CAST(:lines AS int[]), CAST(:member_ids AS text[]), CAST(:points AS bigint[]))
""")
_LINES_OF = sa.text("SELECT line, member_id, points FROM adjustment_line WHERE adjustment_id = :id ORDER BY line")


def put_adjustment(work: Work, adjustment_id: str, unit: str, reason: str, lines: Sequence[Line], sums: Sums) -> None:
    ADJUSTMENTS.put(work, adjustment_id, unit=unit, reason=reason, **sums._asdict())
    columns = {
        "lines": [line.line for line in lines],
        "member_ids": [line.member_id for line in lines],
        "points": [line.points for line in lines],
    }
    work.execute(_LINES, {"id": adjustment_id, **columns})


def lines_of(work: Work, adjustment_id: str) -> list[Line]:
    return [Line(*tuple(row)) for row in work.execute(_LINES_OF, {"id": adjustment_id})]
