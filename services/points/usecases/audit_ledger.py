"""Audits: every hour of what was touched since the last one, every night of everything."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain

import structlog

from services.chassis.clock import is_due_tonight, local_date
from services.chassis.data.audit import Finding, audited, finding
from services.chassis.data.work import Works
from services.chassis.showing import brief
from services.points import contract
from services.points.domain.audits import FULL, INCREMENTAL, Slice, merged_slices
from services.points.storage import audits, rules
from services.points.storage.invariants import AT_EASE, INVARIANTS, TOUCHED_INVARIANTS
from services.points.storage.seals import head_of_chain
from services.points.usecases.check_invariants import check_invariants
from services.points.usecases.progress import Progress, nothing
from services.points.usecases.verify_guards import guards_that_differ
from services.points.usecases.verify_ledger import first_block_of_last_days, verify_ledger
from services.points.usecases.verify_records import noted_rows_that_differ

LONGEST_OFFENDER = 1000
AS_SEALED, AS_NOTED = "rows_are_as_they_were_sealed", "rows_are_as_they_were_noted"
AS_RELEASED = "guards_are_as_released"
log = structlog.get_logger(__name__)


def audit_touched(works: Works) -> list[Finding]:
    """What the journals sealed since the last audit have touched; if they are very many, the same rules are asked of
    everything, which is cheaper then."""
    started_at = works.clock.now()
    with works.begin() as work:
        after, today = audits.last_audited_journal(work), local_date(work.now)
        blocks = audits.sealed_blocks_after(work, after)
        at_a_time = rules.setting(work, "audit_slice_lines", today)
        most = rules.setting(work, "audit_touched_lines", today)
    if sum(block.lines for block in blocks) > most:
        findings = _same_rules_of_everything(works)
    else:
        parts = list(merged_slices(blocks, at_a_time)) or [Slice(after + 1, after, 0)]
        findings = _merged([_of_part(works, part) for part in parts])
    _record(works, INCREMENTAL, blocks[-1].last if blocks else after, started_at, findings)
    return findings


def audit_everything(works: Works, progress: Progress = nothing) -> list[Finding]:
    """Every invariant as of one moment, and the seals of the last days."""
    started_at = works.clock.now()
    with works.still() as work:
        upto = head_of_chain(work).last_journal
        findings = check_invariants(work)
        guards = list(guards_that_differ(work))
    first_block = first_block_of_last_days(works)
    differing = verify_ledger(works, progress, first_block).findings if first_block else []
    noted = noted_rows_that_differ(works, progress)
    findings += [finding(AS_SEALED, differing), finding(AS_NOTED, noted), finding(AS_RELEASED, guards)]
    _record(works, FULL, upto, started_at, findings)
    return findings


def audit_nightly(works: Works) -> list[Finding]:
    """Everything, if it is night and it was not this night; otherwise nothing."""
    with works.begin() as work:
        last = audits.last_runs(work).get(FULL)
        due = is_due_tonight(last, work.now)
    return audit_everything(works) if due else []


def _of_part(works: Works, part: Slice) -> list[Finding]:
    with works.still() as work:
        return audited(work, TOUCHED_INVARIANTS, **audits.touched_by(work, part))


def _same_rules_of_everything(works: Works) -> list[Finding]:
    with works.still() as work:
        work.execute(AT_EASE)
        return audited(work, {name: INVARIANTS[name] for name in TOUCHED_INVARIANTS})


def _merged(parts: Sequence[list[Finding]]) -> list[Finding]:
    """One finding a rule again."""
    return [
        finding(same[0]["name"], chain.from_iterable(each["found"] for each in same))
        for same in zip(*parts, strict=True)
    ]


def _record(works: Works, kind: str, upto_journal: int, started_at: datetime, findings: Sequence[Finding]) -> None:
    breaches = [
        {"name": each["name"], "found": [brief(one)[:LONGEST_OFFENDER] for one in each["found"]]}
        for each in findings
        if not each["ok"]
    ]
    with works.begin() as work:
        run = audits.write_run(work, kind, upto_journal, started_at, work.now, breaches)
        if breaches:
            said = {"run": run, "kind": kind, "upto_journal": upto_journal, "breaches": breaches}
            work.emit(contract.AUDIT_FAILED, "ledger", said, run)
            log.error("ledger_audit_failed", **said)
