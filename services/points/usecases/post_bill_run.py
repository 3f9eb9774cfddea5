"""A staged bill run posted to its wallets, one transaction a chunk. Safe to stop anywhere and to call again."""

from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import wire_date
from services.points.storage import bill_posting, bill_runs
from services.points.storage.bill_posting import Chunk, Credit
from services.points.storage.bill_runs import BillRun
from services.points.storage.journals import Deed, next_journal_id, write_journal
from services.points.storage.locks import lock_wallets_of_chunk, sole_worker_of
from services.points.usecases.read_bill_file import Progress


def nothing(_what: str, _done: int, _of: int) -> None:
    """Progress that nobody watches."""


def post_bill_run(works: Works, run_id: str, progress: Progress = nothing) -> dict[str, Any]:
    """The contract's BillRun with "posted_now" (lines that this call posted), "period" and "refused_because"."""
    with sole_worker_of(works.engine, run_id) as alone:
        if not alone:
            raise Refused(contract.BILL_RUN_BUSY, "another process is at work on this run")
        return post_staged_run(works, run_id, progress)


def post_staged_run(works: Works, run_id: str, progress: Progress) -> dict[str, Any]:
    """The same, for who is the run's sole worker already."""
    run = _start(works, run_id)
    posted_now = _post_chunks(works, run, progress) if run.state == "posting" else 0
    with works.begin() as work:
        return {**(bill_runs.counts_of_run(work, run_id) or {}), "posted_now": posted_now}


def _start(works: Works, run_id: str) -> BillRun:
    with works.begin() as work:
        run = bill_runs.find_run(work, run_id)
        if run is None:
            raise Refused(contract.BILL_RUN_UNKNOWN, "there is no such bill run")
        if run.state == "staging":
            raise Refused(contract.BILL_RUN_NOT_STAGED, "staging was interrupted: import the file again")
        bill_runs.advance_run(work, run.no, "start")
        return bill_runs.get_run(work, run_id)


def _post_chunks(works: Works, run: BillRun, progress: Progress) -> int:
    with works.begin() as work:
        chunks = bill_posting.open_chunks(work, run.no)
    posted_lines = 0
    for place, number in enumerate(chunks, start=1):
        with works.begin() as work:
            posted_lines += _post_chunk(work, run, number)
        progress("posting", place, len(chunks))
    with works.begin() as work:
        _finish(work, run)
    return posted_lines


def _post_chunk(work: Work, run: BillRun, number: int) -> int:
    """Lines posted. Chunk row, wallets, buckets, entries, journal and event commit together or not at all."""
    chunk = bill_posting.claim_chunk(work, run.no, number)
    if chunk is None:
        return 0
    lock_wallets_of_chunk(work, run.no, chunk.first_account, chunk.last_account)
    rejected = bill_posting.reject_frozen(work, chunk)
    journal_id = next_journal_id(work)
    credits = bill_posting.post_credits(work, run, chunk, journal_id, local_date(work.now))
    postings = [credit for credit in credits if credit.points]
    bill_posting.finish_chunk(work, chunk, credits, rejected, journal_id if postings else None)
    if postings:
        _book(work, run, chunk, journal_id, postings)
    return sum(credit.lines for credit in credits)


def _book(work: Work, run: BillRun, chunk: Chunk, journal_id: int, postings: list[Credit]) -> None:
    points = sum(posting.points for posting in postings)
    deed = Deed.of_fact("bill_chunk", f"{run.run_id}:{chunk.chunk}", wallets=len(postings), points=points)
    result = {"wallets": len(postings), "points": points}
    source, effective_on = "bill", run.effective_on
    write_journal(work, journal_id, deed, "accrual", result, effective_on=effective_on, source=source, ref=run.run_id)
    for start in range(0, len(postings), contract.LARGEST_BATCH):
        _announce(work, run, journal_id, postings[start : start + contract.LARGEST_BATCH])


def _announce(work: Work, run: BillRun, journal_id: int, postings: list[Credit]) -> None:
    expires_on = wire_date(run.expires_on)
    data = {
        "source": "bill",
        "reference": run.run_id,
        "effective_on": run.effective_on.isoformat(),
        "postings": [
            {"member_id": one.member_id, "points": one.points, "available": one.available, "expires_on": expires_on}
            for one in postings
        ],
    }
    work.emit(contract.POINTS_ACCRUED, run.run_id, data, journal_id)


def _finish(work: Work, run: BillRun) -> None:
    if not bill_posting.open_chunks(work, run.no) and bill_runs.advance_run(work, run.no, "finish"):
        counts = bill_runs.counts_of_run(work, run.run_id) or {}
        names = ("run_id", "lines", "posted_lines", "rejected_lines", "points")
        work.emit(contract.BILL_RUN_POSTED, run.run_id, {name: counts[name] for name in names})
