"""Chunks of a bill run that could not be posted: put back behind the others, or set aside until the run is resumed."""

from dataclasses import dataclass

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.storage.locks import lock_open_chunk

_OPEN = "(posted_at IS NULL OR decreases_after IS NOT NULL)"
_LEFT = sa.text(f"""
    SELECT EXISTS (SELECT FROM bill_chunk WHERE run_no = :run_no AND {_OPEN} AND stopped_because IS NULL) AS to_post,
           (SELECT stopped_because FROM bill_chunk
            WHERE run_no = :run_no AND {_OPEN} AND stopped_because IS NOT NULL ORDER BY chunk LIMIT 1) AS stuck_because
""")  # noqa: S608 — the inserted text is a constant
_PUT_BACK = sa.text("UPDATE bill_chunk SET put_back = put_back + 1 WHERE run_no = :run_no AND chunk = :chunk")
_SET_ASIDE = sa.text("UPDATE bill_chunk SET stopped_because = :reason WHERE run_no = :run_no AND chunk = :chunk")
_STUCK = sa.text("SELECT count(*) FROM bill_chunk WHERE run_no = :run_no AND stopped_because IS NOT NULL")
_TAKE_UP = sa.text("""
    WITH run AS (UPDATE bill_run SET stopped_because = NULL WHERE no = :run_no AND stopped_because IS NOT NULL)
    UPDATE bill_chunk SET stopped_because = NULL WHERE run_no = :run_no AND stopped_because IS NOT NULL
""")


@dataclass(frozen=True)
class Left:
    """Whether chunks are left that anybody can take, and why the first of those that were set aside was."""

    to_post: bool
    stuck_because: str | None


def chunks_left(work: Work, run_no: int) -> Left:
    return Left(**work.execute(_LEFT, {"run_no": run_no}).one()._mapping)


def put_back(work: Work, run_no: int, chunk: int) -> None:
    """Unless somebody else has taken it meanwhile."""
    if lock_open_chunk(work, run_no, chunk):
        work.execute(_PUT_BACK, {"run_no": run_no, "chunk": chunk})


def set_aside(work: Work, run_no: int, chunk: int, reason: str) -> int:
    """How many chunks of the run are set aside now. One that somebody else has taken meanwhile is left to them."""
    if lock_open_chunk(work, run_no, chunk):
        work.execute(_SET_ASIDE, {"run_no": run_no, "chunk": chunk, "reason": reason})
    return int(work.execute(_STUCK, {"run_no": run_no}).scalar_one())


def take_up_again(work: Work, run_no: int) -> None:
    """What was set aside; whatever stopped the run is forgotten."""
    work.execute(_TAKE_UP, {"run_no": run_no})
