"""Adjustments and their lines. Lines stay as they were requested; who decides is written once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.answers import AnsweredMeanwhile
from services.chassis.data.work import Work
from services.points.domain.adjustments import ADJUSTMENT, Line, Sums

_REQUEST = sa.text("""
    INSERT INTO adjustment (id, unit, reason, state, lines, added, taken, requested_by, requested_at)
    VALUES (:id, :unit, :reason, :state, :lines, :added, :taken, :actor, :now) ON CONFLICT (id) DO NOTHING
""")
_LINES = sa.text("""
    INSERT INTO adjustment_line (adjustment_id, line, member_id, points)
    SELECT :id, * FROM unnest(CAST(:lines AS int[]), CAST(:member_ids AS text[]), CAST(:points AS bigint[]))
""")
_COLUMNS = """
    no, id AS adjustment_id, unit, reason, state, lines, added, taken, requested_by, requested_at, decided_by,
    decided_at, decided_because, journal_id
"""
_FIND = sa.text(f"SELECT {_COLUMNS} FROM adjustment WHERE id = :id")  # noqa: S608 — the inserted text is a constant
_LIST = sa.text(f"""
    SELECT {_COLUMNS} FROM adjustment
    WHERE (CAST(:state AS text) IS NULL OR state = :state) AND no < :before ORDER BY no DESC LIMIT :most
""")  # noqa: S608
_LINES_OF = sa.text("SELECT line, member_id, points FROM adjustment_line WHERE adjustment_id = :id ORDER BY line")
_DECIDE = sa.text("""
    UPDATE adjustment SET state = :after, decided_by = :actor, decided_at = :now, decided_because = :because,
                          journal_id = :journal_id
    WHERE id = :id AND state = ANY(CAST(:sources AS text[]))
""")


@dataclass(frozen=True)
class Adjustment:
    """``added`` and ``taken`` are the sums of its lines; ``no`` counts adjustments as they were requested."""

    no: int
    adjustment_id: str
    unit: str
    reason: str
    state: str
    lines: int
    added: int
    taken: int
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decided_because: str | None
    journal_id: int | None


def put_adjustment(work: Work, adjustment_id: str, unit: str, reason: str, lines: Sequence[Line], sums: Sums) -> None:
    """The id follows from the request: a rival with the same one makes this attempt start again."""
    request = {"id": adjustment_id, "unit": unit, "reason": reason, "state": ADJUSTMENT.initial, **sums._asdict()}
    if work.execute(_REQUEST, {**request, "actor": work.context.actor, "now": work.now}).rowcount == 0:
        raise AnsweredMeanwhile(adjustment_id)
    columns = {
        "lines": [line.line for line in lines],
        "member_ids": [line.member_id for line in lines],
        "points": [line.points for line in lines],
    }
    work.execute(_LINES, {"id": adjustment_id, **columns})


def find_adjustment(work: Work, adjustment_id: str) -> Adjustment | None:
    row = work.execute(_FIND, {"id": adjustment_id}).one_or_none()
    return None if row is None else Adjustment(*tuple(row))


def lines_of(work: Work, adjustment_id: str) -> list[Line]:
    return [Line(*tuple(row)) for row in work.execute(_LINES_OF, {"id": adjustment_id})]


def decide(
    work: Work, adjustment_id: str, event: str, because: str | None = None, journal_id: int | None = None
) -> None:
    """``event`` of the transition table, by whoever works here; the database refuses the requester."""
    sources = ADJUSTMENT.sources(event)
    values = {"id": adjustment_id, "sources": list(sources), "after": ADJUSTMENT.next(sources[0], event)}
    decision = {"actor": work.context.actor, "now": work.now, "because": because, "journal_id": journal_id}
    if work.execute(_DECIDE, {**values, **decision}).rowcount != 1:
        raise RuntimeError(f"{adjustment_id} changed under its lock")


def list_page(work: Work, state: str | None, before: int, most: int) -> list[dict[str, Any]]:
    """Newest first, below number ``before``: the contract's Adjustment with "no"."""
    return [dict(row) for row in work.execute(_LIST, {"state": state, "before": before, "most": most}).mappings()]
