"""Lines of bill runs go when nobody will ask for them any more; runs, chunks, rejects and the ledger stay."""

from datetime import timedelta

from services.chassis.clock import local_date
from services.chassis.data.work import Works
from services.points.storage import bill_retention, rules

LINES_AT_ONCE = 5_000


def purge_bill_lines(works: Works) -> int:
    """How many runs were purged, in short transactions; what is interrupted goes on another time."""
    with works.begin() as work:
        kept_days = rules.setting(work, "bill_line_retention_days", local_date(work.now))
        runs = bill_retention.runs_to_purge(work, work.now - timedelta(days=kept_days))
    for run_no in runs:
        _purge(works, run_no)
    return len(runs)


def _purge(works: Works, run_no: int) -> None:
    after: str | None = ""
    while after is not None:
        with works.begin() as work:
            after = bill_retention.purge_lines(work, run_no, after, LINES_AT_ONCE)
            if after is None:
                bill_retention.note_purged(work, run_no)
