"""Bill runs as rows: found, begun, moved from state to state."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.bill_runs import BILL_RUN, NEVER_POSTS
from services.points.storage.tables import bill_run

_COLUMNS = """
    no, run_id, revision, state, period, sha256, effective_on, expires_on, rule_id, staged_bytes, lines, amount_fen,
    lines - rejected_lines - excluded_lines AS lines_to_post, drop_file
"""
_BY_NO = sa.text(f"SELECT {_COLUMNS} FROM bill_run WHERE no = :no")  # noqa: S608 — the inserted text is a constant
# The newest attempt at a revision; at the newest revision if none is asked for. What never posts counts as the last.
_FIND = sa.text(f"""
    SELECT {_COLUMNS} FROM bill_run WHERE run_id = :run_id AND revision = coalesce(CAST(:revision AS int), revision)
    ORDER BY revision DESC, no DESC LIMIT 1
""")  # noqa: S608
_LATEST_REVISION = sa.text(f"""
    SELECT {_COLUMNS} FROM bill_run WHERE run_id = :run_id AND NOT state = ANY(:never_posts)
    ORDER BY revision DESC LIMIT 1
""")  # noqa: S608
_BEGIN = sa.text("""
    INSERT INTO bill_run (run_id, revision, period, file_name, state, effective_on, expires_on, rule_id, drop_file,
                          at_service, actor)
    VALUES (:run_id, :revision, :period, :file_name, 'staging', :effective_on, :expires_on, :rule_id, :drop_file,
            CAST(:drop_file AS text) IS NOT NULL, :actor)
    ON CONFLICT (run_id, revision) WHERE state NOT IN ('refused', 'abandoned') DO NOTHING
""")
_WORK_AT_SERVICE = sa.text("""
    UPDATE bill_run
    SET at_service = true, stopped_because = NULL, drop_file = coalesce(CAST(:drop_file AS text), drop_file)
    WHERE no = :no
""")
_STOP = sa.text("UPDATE bill_run SET at_service = false, stopped_because = :reason WHERE no = :no")
_AT_SERVICE = sa.text(f"""
    SELECT {_COLUMNS} FROM bill_run WHERE at_service AND state IN ('staging', 'staged', 'posting') ORDER BY no
""")  # noqa: S608


@dataclass(frozen=True)
class BillRun:
    """``sha256`` is of the first ``staged_bytes`` of the text, and of all of it from "staged" on."""

    no: int
    run_id: str
    revision: int
    state: str
    period: str
    sha256: bytes | None
    effective_on: date
    expires_on: date
    rule_id: int
    staged_bytes: int
    lines: int
    amount_fen: int
    lines_to_post: int
    drop_file: str | None

    @property
    def rule(self) -> str:
        """As journals name it."""
        return f"bill_accrual_rule:{self.rule_id}"


def find_run(work: Work, run_id: str, revision: int | None = None) -> BillRun | None:
    return _run(work.execute(_FIND, {"run_id": run_id, "revision": revision}).one_or_none())


def require_run(work: Work, run_id: str, revision: int | None = None) -> BillRun:
    """Refuses bill_run.unknown. ``revision``: the newest, if it is not said."""
    run = find_run(work, run_id, revision)
    if run is None:
        raise Refused(contract.BILL_RUN_UNKNOWN, "there is no such bill run")
    return run


def get_run(work: Work, no: int) -> BillRun:
    """One that is known to be there: runs are never deleted."""
    run = _run(work.execute(_BY_NO, {"no": no}).one_or_none())
    if run is None:
        raise LookupError(f"no bill run {no}")
    return run


def runs_at_service(work: Work) -> list[BillRun]:
    """Those that the service has to work on, oldest first."""
    return [run for row in work.execute(_AT_SERVICE) if (run := _run(row))]


def latest_revision(work: Work, run_id: str) -> BillRun | None:
    """Of the attempts that have posted or will."""
    return _run(work.execute(_LATEST_REVISION, {"run_id": run_id, "never_posts": list(NEVER_POSTS)}).one_or_none())


def begin_run(work: Work, run_id: str, revision: int, **values: Any) -> None:
    """``values``: period, file_name, effective_on, expires_on, rule_id, drop_file. Nothing if somebody was first."""
    work.execute(_BEGIN, {"run_id": run_id, "revision": revision, "actor": work.context.actor, **values})


def advance_run(work: Work, run_no: int, event: str, **values: Any) -> bool:
    """``event`` of the transition table; False if the run is not in a state that allows it."""
    sources = BILL_RUN.sources(event)
    after = BILL_RUN.next(sources[0], event)
    finished = {"finished_at": sa.func.now()} if BILL_RUN.is_end(after) else {}
    move = sa.update(bill_run).where(bill_run.c.no == run_no, bill_run.c.state.in_(sources))
    return work.execute(move.values(state=after, **finished, **values)).rowcount == 1


def work_at_service(work: Work, no: int, drop_file: str | None = None) -> None:
    """From now on the service works on it, by this file if it was another."""
    work.execute(_WORK_AT_SERVICE, {"no": no, "drop_file": drop_file})


def stop_at_service(work: Work, no: int, reason: str) -> None:
    """Until somebody resumes it."""
    work.execute(_STOP, {"no": no, "reason": reason[:400]})


def _run(row: Any) -> BillRun | None:
    if row is None:
        return None
    values = dict(row._mapping)
    return BillRun(**values | {"sha256": bytes(row.sha256) if row.sha256 else None})
