"""A file of paid charges becomes points: staged and checked as a whole, then posted chunk by chunk.

Whatever is interrupted is taken up again by importing the same file: staging is one transaction, and each chunk is
one. Nothing is posted before the control totals agree.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.bill_file import BadLine, Charge, FileRefused, Trailer, read_line, read_trailer
from services.points.domain.bill_runs import AccrualRule, effective_day, points_of_charge
from services.points.domain.chart import GENERAL_POOL
from services.points.domain.expiry import expires_on
from services.points.storage import bill_runs, rules
from services.points.storage.bill_runs import BillRun
from services.points.storage.bill_staging import assign_lines, open_stage, reject_lines, stage_charges
from services.points.storage.locks import sole_worker_of
from services.points.usecases.post_bill_run import nothing, post_staged_run
from services.points.usecases.read_bill_file import BillFile, Progress

LINES_PER_BATCH = 20_000


@dataclass
class Counts:
    """What was found in the file, bad lines included."""

    lines: int = 0
    amount_fen: int = 0


def import_bill_run(works: Works, path: Path, progress: Progress = nothing) -> dict[str, Any]:
    """The contract's BillRun with "posted_now"; raises FileRefused for a file that is no run or not a whole one.

    The same file again posts nothing; another content under a known run id is refused (bill_run.content_differs).
    """
    with BillFile(path) as file, sole_worker_of(works.engine, file.header.run_id) as alone:
        if not alone:
            raise Refused(contract.BILL_RUN_BUSY, "another process is at work on this run")
        run = _begin(works, file)
        if run.state == "staging":
            _stage(works, run, file, progress)
        elif run.sha256 != file.digest_of_all():
            raise Refused(contract.BILL_RUN_CONTENT_DIFFERS, "this run was imported before with another content")
        return post_staged_run(works, run.run_id, progress)


def _begin(works: Works, file: BillFile) -> BillRun:
    """The run's row comes first, in a transaction of its own: so whoever asks can see that it is being staged."""
    header = file.header
    with works.begin() as work:
        today = local_date(work.now)
        earned_on = effective_day(header.period, today)
        last_day = expires_on(rules.expiry_policy(work, "bill", GENERAL_POOL, earned_on), earned_on)
        days = {"effective_on": earned_on, "expires_on": last_day}
        bill_runs.begin_run(work, header.run_id, period=header.period, file_name=file.path.name[:200], **days)
        return bill_runs.get_run(work, header.run_id)


def _stage(works: Works, run: BillRun, file: BillFile, progress: Progress) -> None:
    """One transaction: after a crash nothing is staged, after it the run is staged or refused."""
    with works.begin() as work:
        open_stage(work)
        counts = _copy_lines(work, run, file, progress)
        if file.trailer is None:
            raise FileRefused("the trailer is missing: the file is not whole")
        rejected = assign_lines(work, run.no, rules.setting(work, "bill_chunk_wallets", local_date(work.now)))
        found = {"sha256": file.digest(), "rejected_lines": rejected, **vars(counts)}
        _conclude(work, run, file.trailer, counts, found)


def _copy_lines(work: Work, run: BillRun, file: BillFile, progress: Progress) -> Counts:
    rule = rules.bill_accrual_rule(work, run.effective_on)
    last_day = local_date(work.now).isoformat()
    charges: list[tuple[int, Charge, int]] = []
    rejects: list[tuple[int, BadLine]] = []
    counts = Counts()
    for raw in file.lines():
        counts.lines += 1
        line = read_line(raw, last_day)
        counts.amount_fen += line.amount_fen
        _sort_in(counts.lines, line, rule, charges, rejects)
        if len(charges) + len(rejects) == LINES_PER_BATCH:
            _flush(work, run, charges, rejects)
            progress("staging", file.position, file.size)
    _flush(work, run, charges, rejects)
    return counts


def _sort_in(
    line_no: int,
    line: Charge | BadLine,
    rule: AccrualRule,
    charges: list[tuple[int, Charge, int]],
    rejects: list[tuple[int, BadLine]],
) -> None:
    if isinstance(line, Charge):
        charges.append((line_no, line, points_of_charge(line.amount_fen, rule)))
    else:
        rejects.append((line_no, line))


def _flush(
    work: Work, run: BillRun, charges: list[tuple[int, Charge, int]], rejects: list[tuple[int, BadLine]]
) -> None:
    stage_charges(work, charges)
    reject_lines(work, run.no, rejects)
    charges.clear()
    rejects.clear()


def _conclude(work: Work, run: BillRun, raw_trailer: bytes, counts: Counts, found: dict[str, Any]) -> None:
    """Control totals decide between staged and refused; a refused run keeps what was found, for inspection."""
    try:
        trailer = _agreed_totals(raw_trailer, counts)
        if run.expires_on < local_date(work.now):
            raise FileRefused("points of this period would have expired already")
    except FileRefused as refusal:
        bill_runs.advance_run(work, run.no, "refuse", refused_because=str(refusal), **found)
    else:
        declared = {"declared_lines": trailer.lines, "declared_fen": trailer.amount_fen}
        bill_runs.advance_run(work, run.no, "agree", **declared, **found)


def _agreed_totals(raw: bytes, counts: Counts) -> Trailer:
    trailer = read_trailer(raw)
    if trailer.lines != counts.lines:
        raise FileRefused(f"the trailer declares {trailer.lines} lines, the file has {counts.lines}")
    if trailer.amount_fen != counts.amount_fen:
        raise FileRefused(f"the trailer declares {trailer.amount_fen} fen, the lines add up to {counts.amount_fen}")
    return trailer
