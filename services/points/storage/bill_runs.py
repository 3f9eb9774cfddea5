"""Bill runs as rows: found, begun, counted, moved from state to state."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.points.domain.bill_runs import BILL_RUN
from services.points.storage.tables import bill_run

_FIND = sa.select(bill_run).where(bill_run.c.run_id == sa.bindparam("run_id"))
_BEGIN = insert(bill_run).on_conflict_do_nothing(constraint="bill_run_id")
_COUNTS = sa.text("""
    SELECT run.run_id, run.state, run.file_name, run.period, run.lines, run.amount_fen, run.refused_because,
           coalesce(sum(chunk.posted_lines), 0) AS posted_lines,
           run.rejected_lines + coalesce(sum(chunk.rejected_lines), 0) AS rejected_lines,
           coalesce(sum(chunk.points), 0) AS points
    FROM bill_run AS run LEFT JOIN bill_chunk AS chunk ON chunk.run_no = run.no
    WHERE run.run_id = :run_id GROUP BY run.no
""")
_REJECTS = sa.text("""
    SELECT line_no, line_id, subscriber_no, reason FROM bill_reject
    WHERE run_no = (SELECT no FROM bill_run WHERE run_id = :run_id) AND line_no > :after
    ORDER BY line_no LIMIT :most
""")
_SUMS = ("posted_lines", "rejected_lines", "points")


@dataclass(frozen=True)
class BillRun:
    no: int
    run_id: str
    state: str
    sha256: bytes | None
    effective_on: date
    expires_on: date
    refused_because: str | None


def find_run(work: Work, run_id: str) -> BillRun | None:
    row = work.execute(_FIND, {"run_id": run_id}).one_or_none()
    if row is None:
        return None
    sha256 = bytes(row.sha256) if row.sha256 else None
    return BillRun(row.no, row.run_id, row.state, sha256, row.effective_on, row.expires_on, row.refused_because)


def get_run(work: Work, run_id: str) -> BillRun:
    """One that is known to be there: runs are never deleted."""
    run = find_run(work, run_id)
    if run is None:
        raise LookupError(f"no bill run {run_id}")
    return run


def begin_run(work: Work, run_id: str, **values: Any) -> None:
    """``values``: period, file_name, effective_on, expires_on. A run that was begun before stays as it is."""
    started = {"run_id": run_id, "state": BILL_RUN.initial, "actor": work.context.actor, **values}
    work.execute(_BEGIN, started | {"lines": 0, "amount_fen": 0, "rejected_lines": 0})


def advance_run(work: Work, run_no: int, event: str, **values: Any) -> bool:
    """``event`` of the transition table; False if the run is not in a state that allows it."""
    sources = BILL_RUN.sources(event)
    after = BILL_RUN.next(sources[0], event)
    finished = {"finished_at": sa.func.now()} if BILL_RUN.is_end(after) else {}
    move = sa.update(bill_run).where(bill_run.c.no == run_no, bill_run.c.state.in_(sources))
    return work.execute(move.values(state=after, **finished, **values)).rowcount == 1


def counts_of_run(work: Work, run_id: str) -> dict[str, Any] | None:
    """The contract's BillRun with "period" and "refused_because"; None if there is no such run."""
    row = work.execute(_COUNTS, {"run_id": run_id}).mappings().one_or_none()
    if row is None:
        return None
    return {**row, **{name: int(row[name]) for name in _SUMS}}


def rejects_of_run(work: Work, run_id: str, after: int, most: int) -> list[dict[str, Any]]:
    """At most ``most`` rejected lines below line ``after``: {"line_no", "line_id", "subscriber_no", "reason"}."""
    found = work.execute(_REJECTS, {"run_id": run_id, "after": after, "most": most})
    return [dict(row) for row in found.mappings()]
