"""Staging: the lines of a file, judged and kept a batch a transaction, and its control totals in the end.

How far it is stands in the run's row together with the digest of the text up to there. Whoever goes on, after any
interruption, reads that part again only to see that it is the same.
"""

from collections.abc import Callable

import sqlalchemy as sa

from services.chassis.clock import local_date
from services.chassis.data.database import is_duplicate_key
from services.chassis.data.work import Works
from services.points.domain.bill_file import FileRefused, insist_on_legible, insist_on_totals, read_trailer
from services.points.domain.bill_lines import read_lines
from services.points.domain.bill_runs import points_of_charges
from services.points.storage import bill_runs
from services.points.storage.bill_rules import rule_of_run
from services.points.storage.bill_runs import BillRun
from services.points.storage.bill_staging import LINE_KEY, Batch, stage_batch
from services.points.usecases.open_bill_run import insist_on_run
from services.points.usecases.read_bill_file import BillFile


class StagedMeanwhile(Exception):
    """Somebody else moved the run on: this reader does not stand where the run is."""


class AnotherText(Exception):
    """What is staged is not the beginning of this file."""


class Staging:
    """One reader's way through the file of a run in state "staging"."""

    def __init__(self, works: Works, run: BillRun, file: BillFile) -> None:
        self.works, self.run, self.file = works, run, file
        self.lines, self.mark, self.bad_lines = run.lines, run.staged_bytes, 0
        with works.begin() as work:
            self.rule = rule_of_run(work, run.rule_id)
            self.last_day = local_date(work.now).isoformat()

    def go_to_its_place(self, breathe: Callable[[], None] = lambda: None) -> None:
        """Raises AnotherText, FileRefused."""
        insist_on_run(self.run, self.file.header)
        if self.file.header.period != self.run.period:
            raise AnotherText(self.run.run_id)
        if self.run.staged_bytes and self.file.skip_to(self.run.staged_bytes, breathe) != self.run.sha256:
            raise AnotherText(self.run.run_id)

    def read_batch(self, size: int) -> Batch | None:
        """The next lines of the file; None at its end. Raises FileRefused."""
        block = self.file.read_block(size)
        if not block:
            return None
        lines = read_lines(block, self.lines + 1, self.last_day, self.file.with_kinds)
        points = points_of_charges(lines.amounts_fen, lines.kinds, self.rule)
        before, self.mark, self.lines = self.mark, self.file.consumed, self.lines + lines.count
        self.bad_lines += len(lines.rejects)
        insist_on_legible(self.lines, self.bad_lines)
        return Batch(lines, points, before, self.mark, self.file.digest())

    def keep(self, batch: Batch) -> None:
        """One transaction, and another if ids of lines come twice. Raises StagedMeanwhile."""
        try:
            kept = self._stage(batch, doubles=False)
        except sa.exc.IntegrityError as problem:
            if not is_duplicate_key(problem, LINE_KEY):
                raise
            kept = self._stage(batch, doubles=True)
        if not kept:
            raise StagedMeanwhile(self.run.run_id)

    def _stage(self, batch: Batch, doubles: bool) -> bool:
        excluded = sorted(self.rule.excluded_kinds)
        return self.works.run(lambda work, _: stage_batch(work, self.run.no, batch, excluded, doubles), {})

    def conclude(self) -> BillRun:
        """Control totals decide between staged and refused. Raises StagedMeanwhile, FileRefused if the file is not
        whole."""
        if not self.file.trailer:
            raise FileRefused("the trailer is missing: the file is not whole")
        with self.works.begin() as work:
            run = bill_runs.get_run(work, self.run.no)
            if run.staged_bytes != self.mark:
                raise StagedMeanwhile(run.run_id)
            digest, declared = self.file.digest(), {"declared_lines": run.lines, "declared_fen": run.amount_fen}
            try:
                insist_on_totals(read_trailer(self.file.trailer), run.lines, run.amount_fen)
                if run.expires_on < local_date(work.now):
                    raise FileRefused("points of this period would have expired already")
            except FileRefused as refusal:
                bill_runs.advance_run(work, run.no, "refuse", refused_because=str(refusal), sha256=digest)
            else:
                bill_runs.advance_run(work, run.no, "agree", sha256=digest, **declared)
            return bill_runs.get_run(work, run.no)
