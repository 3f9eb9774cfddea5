"""A file of paid charges becomes points: staged and checked as a whole, then posted chunk by chunk.

Whatever is interrupted is taken up again by importing the same file. Nothing is posted before the control totals agree.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from services.chassis.data.work import Works
from services.chassis.refusal import Refused
from services.points import contract
from services.points.storage import bill_runs
from services.points.storage.bill_runs import BillRun
from services.points.storage.locks import sole_reader_of
from services.points.usecases.finish_bill_run import finish_bill_run
from services.points.usecases.open_bill_run import begin_anew, open_bill_run
from services.points.usecases.progress import Progress, nothing
from services.points.usecases.read_bill_file import LARGEST_PIECE, BillFile
from services.points.usecases.stage_bill_run import AnotherText, StagedMeanwhile, Staging


def import_bill_run(works: Works, path: Path, progress: Progress = nothing, workers: int = 1) -> dict[str, Any]:
    """The contract's BillRun with "posted_now" (lines); raises FileRefused for a file that is no run or not whole.

    The same file again posts nothing; another content of a revision that is here is refused
    (bill_run.content_differs). ``workers``: how many chunks are posted at once.
    """
    with BillFile(path) as file, sole_reader_of(works.engine, file.header.run_id) as alone:
        if not alone:
            raise Refused(contract.BILL_RUN_BUSY, "another process is reading a file of this run")
        run = _run_of(works, file)
        if run.state == "staging":
            run = _stage(works, run, file, progress)
        elif run.sha256 != file.digest_of_all():
            raise Refused(contract.BILL_RUN_CONTENT_DIFFERS, "this revision was imported before with another content")
    return finish_bill_run(works, run, progress, workers)


def _run_of(works: Works, file: BillFile) -> BillRun:
    """What was refused is refused again; another file of that revision may take its place."""
    with works.begin() as work:
        known = bill_runs.find_run(work, file.header.run_id, file.header.revision)
    if known and known.state == "refused":
        if known.sha256 == file.digest_of_all():
            return known
        file.rewind()
    with works.begin() as work:
        return open_bill_run(work, file.header, file.path.name)


def _stage(works: Works, run: BillRun, file: BillFile, progress: Progress) -> BillRun:
    staging = Staging(works, run, file)
    try:
        staging.go_to_its_place()
    except AnotherText:
        file.rewind()
        with works.begin() as work:
            anew = begin_anew(work, run, file.header, file.path.name)
        staging = Staging(works, anew, file)
    try:
        _keep_all(staging, progress)
        return staging.conclude()
    except StagedMeanwhile:
        raise Refused(contract.BILL_RUN_BUSY, "another process has read on: import the file again") from None


def _keep_all(staging: Staging, progress: Progress) -> None:
    """A batch is read while the database keeps the one before it."""
    file = staging.file
    with ThreadPoolExecutor(1) as database:
        kept: Future[None] | None = None
        while batch := staging.read_batch(LARGEST_PIECE):
            if kept:
                kept.result()
            kept = database.submit(staging.keep, batch)
            progress("staging", file.position, file.size, staging.lines)
        if kept:
            kept.result()
