"""A staged bill run cut into chunks, a good many a transaction, until all accounts are covered."""

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.points.storage import bill_planning, bill_runs, rules
from services.points.storage.bill_planning import LAST_ACCOUNT
from services.points.storage.bill_runs import BillRun
from services.points.storage.locks import lock_bill_run

CHUNKS_AT_ONCE = 50


def plan_chunks(work: Work, run: BillRun) -> None:
    """The next chunks; with the last ones posting may start. Nothing if the run is planned already."""
    if lock_bill_run(work, run.no) != "staged":
        return
    chunks, after = bill_planning.planned(work, run.no)
    wallets = rules.setting(work, "bill_chunk_wallets", local_date(work.now))
    ends = bill_planning.every_nth_account(work, run.no, after, wallets, CHUNKS_AT_ONCE)
    last = ends[-1] if len(ends) == CHUNKS_AT_ONCE else LAST_ACCOUNT
    cuts = {*ends, last, *bill_planning.cut_before(work, run.run_id, after, last)}
    bill_planning.add_chunks(work, run.no, chunks, after, sorted(cuts))
    if last == LAST_ACCOUNT:
        bill_runs.advance_run(work, run.no, "start")
