"""Bill runs and their rejects as they are shown."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work

# The chunks are summed beside the run: a list of runs asks this for each of a page.
_SHOWN = """
    SELECT run.no, run.run_id, run.revision, run.state, run.period, run.file_name, run.lines, run.amount_fen,
           run.rejected_lines + done.rejected_lines AS rejected_lines, run.excluded_lines, run.excluded_fen,
           done.posted_lines, done.points, done.clawed_back, done.chunks, done.posted_chunks, done.stuck_chunks,
           'bill_accrual_rule:' || run.rule_id AS rule, run.refused_because, run.stopped_because, run.started_at,
           run.finished_at
    FROM bill_run AS run CROSS JOIN LATERAL (
        SELECT CAST(coalesce(sum(posted_lines), 0) AS bigint) AS posted_lines,
               CAST(coalesce(sum(rejected_lines), 0) AS bigint) AS rejected_lines,
               CAST(coalesce(sum(points), 0) AS bigint) AS points,
               CAST(coalesce(sum(clawed_back), 0) AS bigint) AS clawed_back,
               count(*) AS chunks, count(posted_at) - count(decreases_after) AS posted_chunks,
               count(stopped_because) AS stuck_chunks
        FROM bill_chunk WHERE bill_chunk.run_no = run.no) AS done
"""
_ONE = sa.text(f"{_SHOWN} WHERE run.no = :no")
_PAGE = sa.text(f"""
    {_SHOWN} WHERE run.no < :before AND run.state = coalesce(CAST(:state AS text), run.state)
    ORDER BY run.no DESC LIMIT :most
""")
_REJECTS = sa.text("""
    SELECT line_no, line_id, subscriber_no, reason FROM bill_reject
    WHERE run_no = :run_no AND line_no > :after ORDER BY line_no LIMIT :most
""")


def counts_of_run(work: Work, no: int) -> dict[str, Any]:
    """The contract's BillRun, and its "no"."""
    return dict(work.execute(_ONE, {"no": no}).one()._mapping)


def runs_before(work: Work, before: int, state: str | None, most: int) -> list[dict[str, Any]]:
    """Newest first: the same of at most ``most`` runs with lower numbers, in ``state`` if one is given."""
    rows = work.execute(_PAGE, {"before": before, "state": state, "most": most})
    return [dict(row._mapping) for row in rows]


def rejects_of_run(work: Work, run_no: int, after: int, most: int) -> list[dict[str, Any]]:
    """At most ``most`` rejected lines below line ``after``: {"line_no", "line_id", "subscriber_no", "reason"}."""
    rows = work.execute(_REJECTS, {"run_no": run_no, "after": after, "most": most})
    return [dict(row._mapping) for row in rows]
