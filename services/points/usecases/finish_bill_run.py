"""A staged bill run to its end: planned, posted by several workers at once, finished."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from services.chassis.data.work import Works
from services.points.storage import bill_runs
from services.points.storage.bill_chunks import take_up_again
from services.points.storage.bill_counts import counts_of_run
from services.points.storage.bill_dues import Terms, terms_of
from services.points.storage.bill_runs import BillRun
from services.points.usecases.plan_bill_run import plan_chunks
from services.points.usecases.post_bill_run import finish_posting, post_next_chunk
from services.points.usecases.progress import Progress, nothing

LOOK_AGAIN_S = 0.1


@dataclass
class Posting:
    """What the workers of this process share: how many lines they have posted, and whether they should stop."""

    terms: Terms
    progress: Progress
    posted: int
    stop: threading.Event = field(default_factory=threading.Event)
    _mutex: threading.Lock = field(default_factory=threading.Lock)

    def add(self, lines: int) -> None:
        with self._mutex:
            self.posted += lines
            run = self.terms.run
            self.progress("posting", self.posted, run.lines_to_post, self.posted)


def finish_bill_run(works: Works, run: BillRun, progress: Progress = nothing, workers: int = 1) -> dict[str, Any]:
    """The contract's BillRun with "posted_now": lines that this call posted. It ends when the run does, whoever else
    works on it, or stops with what is stuck."""
    while run.state == "staged":
        run = _plan(works, run)
    posted_now = _post_all(works, run, progress, workers) if run.state == "posting" else 0
    with works.begin() as work:
        return {**counts_of_run(work, run.no), "posted_now": posted_now}


def _plan(works: Works, run: BillRun) -> BillRun:
    works.run(lambda work, _: plan_chunks(work, run), {})
    with works.begin() as work:
        return bill_runs.get_run(work, run.no)


def _post_all(works: Works, run: BillRun, progress: Progress, workers: int) -> int:
    with works.begin() as work:
        take_up_again(work, run.no)
        before = int(counts_of_run(work, run.no)["posted_lines"])
        posting = Posting(terms_of(work, run), progress, before)
    while not works.run(lambda work, _: finish_posting(work, run), {}):
        _post_by_all_workers(works, posting, workers)
    return posting.posted - before


def _post_by_all_workers(works: Works, posting: Posting, workers: int) -> None:
    with ThreadPoolExecutor(workers) as pool:
        try:
            for worker in [pool.submit(_post_until_nothing_is_left, works, posting) for _ in range(workers)]:
                worker.result()
        finally:
            posting.stop.set()
    posting.stop.clear()


def _post_until_nothing_is_left(works: Works, posting: Posting) -> None:
    """Chunks that other processes are at, or whose wallets are locked, may be left over; they are looked for again
    after a moment."""
    while not posting.stop.is_set():
        lines = post_next_chunk(works, posting.terms)
        if lines is None:
            time.sleep(LOOK_AGAIN_S)
            return
        posting.add(lines)
