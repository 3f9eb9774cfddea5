"""A planned bill run posted chunk by chunk, each one short transaction: by any number of workers, stopped anywhere."""

from collections.abc import Callable, Sequence
from typing import Any

import structlog

from services.chassis.clock import local_date, start_of_day
from services.chassis.data.database import is_lock_timeout, is_worth_retrying
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import wire_date
from services.points.storage import bill_chunks, bill_posting, bill_runs
from services.points.storage.bill_counts import counts_of_run
from services.points.storage.bill_dues import Chunk, Terms
from services.points.storage.bill_forgiveness import withdraw_forgiveness
from services.points.storage.bill_posting import Posted
from services.points.storage.bill_runs import BillRun
from services.points.storage.journals import Deed, next_journal_id, write_journal
from services.points.storage.locks import claim_bill_chunk, lock_wallets_of_chunk
from services.points.usecases.take_back_bill_points import take_back_points

MOST_STUCK_CHUNKS = 20  # if there are more, it is not the chunks that are at fault

log = structlog.get_logger(__name__)


def post_next_chunk(works: Works, terms: Terms) -> int | None:
    """Lines posted by the next step of a chunk that nobody is at; None if there is none to be had now.

    Who waits too long for a wallet lets the others of the chunk go, and the other chunks come first. A chunk with a
    fault is set aside, so that the others can be posted.
    """
    claimed: list[Chunk] = []
    try:
        return works.run(lambda work, _: _take_a_step(work, terms, claimed.append), {})
    except Exception as problem:
        if not claimed or is_worth_retrying(problem):
            raise
        if is_lock_timeout(problem):
            log.warning("bill_chunk_waited_in_vain", run_id=terms.run.run_id, chunk=claimed[-1].number)
            works.run(lambda work, _: bill_chunks.put_back(work, terms.run.no, claimed[-1].number), {})
            return None
        log.exception("bill_chunk_set_aside", run_id=terms.run.run_id, chunk=claimed[-1].number)
        if _set_aside(works, terms.run, claimed[-1], problem) >= MOST_STUCK_CHUNKS:
            raise
        return 0


def why(problem: Exception) -> str:
    """For those who look at the run: a fault's details stay in the log."""
    return str(problem) if isinstance(problem, Refused) else f"a fault: {type(problem).__name__}"


def _set_aside(works: Works, run: BillRun, chunk: Chunk, problem: Exception) -> int:
    reason = why(problem)[:400]
    return works.run(lambda work, _: bill_chunks.set_aside(work, run.no, chunk.number, reason), {})


def _take_a_step(work: Work, terms: Terms, claim: Callable[[Chunk], None]) -> int | None:
    """A chunk takes one step, and further ones if its wallets have got too much before. Chunk row, wallets, buckets,
    entries, journal and event commit together or not at all."""
    row = claim_bill_chunk(work, terms.run.no)
    if row is None:
        return None
    chunk = Chunk(row.chunk, row.first_account, row.last_account, row.decreases_after)
    claim(chunk)
    bill_posting.reach_wallets_by_index(work)
    if chunk.decreases_after is not None:
        take_back_points(work, terms, chunk)
        return 0
    return _post(work, terms, chunk)


def finish_posting(work: Work, run: BillRun) -> bool:
    """True if nothing is left to do. Who sees first that every chunk is done says so to the world; what is stuck keeps
    the run until somebody resumes it."""
    left = bill_chunks.chunks_left(work, run.no)
    if left.to_post:
        return False
    if left.stuck_because:
        bill_runs.stop_at_service(work, run.no, left.stuck_because)
    elif bill_runs.advance_run(work, run.no, "finish"):
        counts = counts_of_run(work, run.no)
        data = {name: counts[name] for name in contract.BillRunPostedData().fields}
        work.emit(contract.BILL_RUN_POSTED, run.run_id, data, run.revision)
    return True


def _post(work: Work, terms: Terms, chunk: Chunk) -> int:
    special = lock_wallets_of_chunk(work, terms.run.no, chunk.first_account, chunk.last_account)
    if terms.first:
        withdraw_forgiveness(work, terms, chunk)
    journal_id = next_journal_id(work)
    posted = bill_posting.post_gains(work, terms, chunk, journal_id, local_date(work.now), special)
    if posted.frozen_lines:
        bill_posting.reject_frozen(work, terms, chunk)
    bill_posting.finish_posting(work, terms.run.no, chunk, posted, journal_id if posted.points else None)
    if posted.points:
        _book(work, terms.run, chunk, journal_id, posted)
    return posted.posted_lines


def _book(work: Work, run: BillRun, chunk: Chunk, journal_id: int, posted: Posted) -> None:
    result = {"revision": run.revision, "wallets": len(posted.points), "points": sum(posted.points)}
    deed = Deed.of_fact("bill_chunk", f"{run.no}:{chunk.number}", **result)
    earned_at = start_of_day(run.effective_on)
    write_journal(
        work,
        journal_id,
        deed,
        "accrual",
        result,
        happened_at=earned_at,
        source="bill",
        ref=run.run_id,
        rule=run.rule,
    )
    expires_on = wire_date(run.expires_on)
    postings = [
        {"member_id": member_id, "points": points, "available": available, "expires_on": expires_on}
        for member_id, points, available in zip(posted.member_ids, posted.points, posted.available, strict=True)
    ]
    for start in range(0, len(postings), contract.LARGEST_BATCH):
        _announce(work, run, journal_id, postings[start : start + contract.LARGEST_BATCH])


def _announce(work: Work, run: BillRun, journal_id: int, postings: Sequence[dict[str, Any]]) -> None:
    data = {
        "source": "bill",
        "reference": run.run_id,
        "effective_on": run.effective_on.isoformat(),
        "postings": postings,
    }
    work.emit(contract.POINTS_ACCRUED, run.run_id, data, journal_id)
