"""The run that a file's header names: the one that is here already, or a new one."""

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.bill_file import FileRefused, Header
from services.points.domain.bill_runs import NEVER_POSTS, effective_day
from services.points.domain.chart import GENERAL_POOL
from services.points.domain.expiry import expires_on
from services.points.storage import bill_runs, rules
from services.points.storage.bill_rules import rule_in_force
from services.points.storage.bill_runs import BillRun


def open_bill_run(work: Work, header: Header, file_name: str, drop_file: str | None = None) -> BillRun:
    """The row comes first, in a transaction of its own: so whoever asks can see that the run is being staged.

    Refuses bill_run.revision_out_of_order, raises FileRefused if the period is another. What was refused or abandoned
    may come again.
    """
    known = bill_runs.find_run(work, header.run_id, header.revision)
    if known and known.state not in NEVER_POSTS:
        return known
    _insist_on_order(work, header)
    earned_on = effective_day(header.period, local_date(work.now))
    policy = rules.expiry_policy(work, "bill", GENERAL_POOL, earned_on)
    bill_runs.begin_run(
        work,
        header.run_id,
        header.revision,
        period=header.period,
        file_name=file_name[:200].encode("utf-8", "replace").decode(),  # one that is no text has lone surrogates
        effective_on=earned_on,
        expires_on=expires_on(policy, earned_on),
        rule_id=rule_in_force(work, earned_on),
        drop_file=drop_file,
    )
    return bill_runs.require_run(work, header.run_id, header.revision)


def begin_anew(work: Work, run: BillRun, header: Header, file_name: str, drop_file: str | None = None) -> BillRun:
    """Instead of a run whose staging was interrupted, and whose file was another one. Raises FileRefused."""
    insist_on_run(run, header)
    bill_runs.advance_run(work, run.no, "abandon")
    return open_bill_run(work, header, file_name, drop_file)


def insist_on_run(run: BillRun, header: Header) -> None:
    """Raises FileRefused: what lay at a file's place may have been exchanged for the file of another run."""
    if (header.run_id, header.revision) != (run.run_id, run.revision):
        raise FileRefused(f"the file in its place is of run {header.run_id}, revision {header.revision}")


def _insist_on_order(work: Work, header: Header) -> None:
    latest = bill_runs.latest_revision(work, header.run_id)
    expected = latest.revision + 1 if latest else 1
    if header.revision != expected:
        told = {"expected": expected, "revision": header.revision}
        raise Refused(contract.BILL_REVISION_OUT_OF_ORDER, f"the next revision of this run is {expected}", **told)
    if latest and latest.state != "posted":
        told = {"unposted": latest.revision, "revision": header.revision}
        raise Refused(contract.BILL_REVISION_OUT_OF_ORDER, "the revision before is not posted yet", **told)
    if latest and latest.period != header.period:
        raise FileRefused(f"this run is of period {latest.period}: a revision cannot change that")
