"""Lines of bill runs that have been kept for long enough."""

from datetime import datetime

import sqlalchemy as sa

from services.chassis.data.work import Work

_OVERDUE = sa.text("""
    SELECT no FROM bill_run
    WHERE purged_at IS NULL
          AND (state = 'abandoned' OR state IN ('posted', 'refused') AND finished_at < :finished_before)
    ORDER BY no
""")
_PURGE = sa.text("""
    WITH old AS MATERIALIZED (
        SELECT line_id FROM bill_line WHERE run_no = :run_no AND line_id > :after ORDER BY line_id LIMIT :most
    ), gone AS (
        DELETE FROM bill_line USING old WHERE bill_line.run_no = :run_no AND bill_line.line_id = old.line_id
    )
    SELECT max(line_id) FROM old
""")
_PURGED = sa.text("UPDATE bill_run SET purged_at = now() WHERE no = :run_no")


def runs_to_purge(work: Work, finished_before: datetime) -> list[int]:
    """Numbers of runs that ended before, and of those that gave way to another file."""
    return list(work.execute(_OVERDUE, {"finished_before": finished_before}).scalars())


def purge_lines(work: Work, run_no: int, after: str, most: int) -> str | None:
    """At most ``most`` lines beyond line id ``after``; the last one's id, None if there was none."""
    found = work.execute(_PURGE, {"run_no": run_no, "after": after, "most": most}).scalar_one()
    return None if found is None else str(found)


def note_purged(work: Work, run_no: int) -> None:
    work.execute(_PURGED, {"run_no": run_no})
