"""A planned bill run posted chunk by chunk, each one short transaction: by any number of workers, stopped anywhere."""

from collections.abc import Sequence
from typing import Any

from services.chassis.clock import local_date, start_of_day
from services.chassis.data.work import Work
from services.points import contract
from services.points.domain.buckets import wire_date
from services.points.storage import bill_posting, bill_runs
from services.points.storage.bill_counts import counts_of_run
from services.points.storage.bill_dues import Chunk, Terms
from services.points.storage.bill_posting import Posted
from services.points.storage.bill_runs import BillRun
from services.points.storage.journals import Deed, next_journal_id, write_journal
from services.points.storage.locks import claim_bill_chunk, lock_wallets_of_chunk
from services.points.usecases.take_back_bill_points import take_back_points


def post_next_chunk(work: Work, terms: Terms) -> int | None:
    """Lines posted by the next step of a chunk that nobody is at; None if there is no such chunk.

    A chunk takes one step, and further ones if its wallets have got too much before. Chunk row, wallets, buckets,
    entries, journal and event commit together or not at all.
    """
    row = claim_bill_chunk(work, terms.run.no)
    if row is None:
        return None
    chunk = Chunk(row.chunk, row.first_account, row.last_account, row.decreases_after)
    bill_posting.reach_wallets_by_index(work)
    if chunk.decreases_after is not None:
        take_back_points(work, terms, chunk)
        return 0
    return _post(work, terms, chunk)


def finish_posting(work: Work, run: BillRun) -> bool:
    """True if every chunk is done. Who sees it first says so to the world."""
    if bill_runs.has_open_chunks(work, run.no):
        return False
    if bill_runs.advance_run(work, run.no, "finish"):
        counts = counts_of_run(work, run.no)
        data = {name: counts[name] for name in contract.BillRunPostedData().fields}
        work.emit(contract.BILL_RUN_POSTED, run.run_id, data, run.revision)
    return True


def _post(work: Work, terms: Terms, chunk: Chunk) -> int:
    special = lock_wallets_of_chunk(work, terms.run.no, chunk.first_account, chunk.last_account)
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
