"""The service's own work on bill runs, in steps short enough for a process that also answers requests.

Every replica takes steps. A file has one reader, who keeps it open from step to step; chunks are posted by whoever
claims them.
"""

import time
from contextlib import ExitStack

import structlog

from services.chassis.data.database import is_worth_retrying
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.points.domain.bill_file import FileRefused
from services.points.storage import bill_runs
from services.points.storage.bill_dues import terms_of
from services.points.storage.bill_runs import BillRun
from services.points.storage.locks import sole_reader_of
from services.points.usecases.open_bill_run import begin_anew
from services.points.usecases.plan_bill_run import plan_chunks
from services.points.usecases.post_bill_run import finish_posting, post_next_chunk, why
from services.points.usecases.read_bill_file import BillFile
from services.points.usecases.stage_bill_run import AnotherText, StagedMeanwhile, Staging
from services.points.usecases.start_bill_run import file_in

BYTES_A_STEP = 64 * 1024  # some 1,400 lines: a few milliseconds of this process

log = structlog.get_logger(__name__)


class BillReaders:
    """The files that this process reads, one a run. ``works`` has a pool of its own: a reader keeps a connection."""

    def __init__(self, works: Works) -> None:
        self.works, self.folder = works, works.settings.bill_run_folder
        self._open: dict[int, tuple[Staging, ExitStack]] = {}

    def start(self) -> None:
        """Files are opened when there is a run to read."""

    def stop(self) -> None:
        for no in list(self._open):
            self.close(no)

    def reader_of(self, run: BillRun) -> Staging | None:
        """At the place where the run is; None if somebody else reads. Raises FileRefused, AnotherText, Refused."""
        if run.no not in self._open:
            with ExitStack() as stack:
                if not stack.enter_context(sole_reader_of(self.works.engine, run.run_id)):
                    return None
                file = stack.enter_context(BillFile(file_in(self.folder, str(run.drop_file))))
                staging = Staging(self.works, run, file)
                staging.go_to_its_place(lambda: time.sleep(0))  # requests are answered meanwhile
                self._open[run.no] = staging, stack.pop_all()
        return self._open[run.no][0]

    def close(self, no: int) -> None:
        if no in self._open:
            self._open.pop(no)[1].close()


def work_off_bill_runs(works: Works, readers: BillReaders) -> bool:
    """One step of the oldest run that has one to take here; False if there is none."""
    with works.begin() as work:
        runs = bill_runs.runs_at_service(work)
    return any(_step_or_stop(works, readers, run) for run in runs)


def _step_or_stop(works: Works, readers: BillReaders, run: BillRun) -> bool:
    """A run that cannot go on must not keep the others: it stops until somebody has looked at it and resumes it."""
    try:
        return _step(works, readers, run)
    except StagedMeanwhile:
        readers.close(run.no)
        return True
    except Exception as problem:
        readers.close(run.no)
        if is_worth_retrying(problem):
            raise
        known = isinstance(problem, FileRefused | Refused)
        log.error("bill_run_stopped", run_id=run.run_id, exc_info=None if known else problem)
        reason = str(problem) if known else why(problem)
        with works.begin() as work:
            bill_runs.stop_at_service(work, run.no, reason)
        return True


def _step(works: Works, readers: BillReaders, run: BillRun) -> bool:
    if run.state == "staging":
        return _stage(works, readers, run)
    if run.state == "staged":
        works.run(lambda work, _: plan_chunks(work, run), {})
        return True
    with works.begin() as work:
        terms = terms_of(work, run)
    if post_next_chunk(works, terms) is not None:
        return True
    return works.run(lambda work, _: finish_posting(work, run), {})


def _stage(works: Works, readers: BillReaders, run: BillRun) -> bool:
    try:
        staging = readers.reader_of(run)
    except AnotherText:
        works.run(lambda work, _: _take_the_other_file(work, readers, run), {})
        return True
    if staging is None:
        return False
    batch = staging.read_batch(BYTES_A_STEP)
    if batch:
        staging.keep(batch)
    else:
        staging.conclude()
        readers.close(run.no)
    return True


def _take_the_other_file(work: Work, readers: BillReaders, run: BillRun) -> None:
    path = file_in(readers.folder, str(run.drop_file))
    with BillFile(path) as file:
        begin_anew(work, run, file.header, path.name, drop_file=path.name)
