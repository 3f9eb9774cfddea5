"""Every night everything that must always be true of the stock, as of one moment."""

import structlog

from services.catalog.contract import STOCK_AUDIT_FAILED
from services.catalog.storage.audits import last_run, write_run
from services.catalog.storage.invariants import INVARIANTS
from services.catalog.storage.replenishment import count_short
from services.catalog.usecases.check_invariants import check_invariants
from services.chassis.clock import is_due_tonight
from services.chassis.data.audit import Finding
from services.chassis.data.work import Work, Works
from services.chassis.readings import Reading
from services.chassis.showing import brief

LONGEST_OFFENDER = 1000
log = structlog.get_logger(__name__)


def audit_nightly(works: Works) -> list[Finding]:
    """Nothing, if it is not night, or it was this night."""
    with works.begin() as work:
        last = last_run(work)
        due = is_due_tonight(last and last.finished_at, work.now)
    return audit_stock(works) if due else []


def audit_stock(works: Works) -> list[Finding]:
    started_at = works.clock.now()
    with works.still() as work:
        findings = check_invariants(work)
    breaches = [
        {"name": each["name"], "found": [brief(one)[:LONGEST_OFFENDER] for one in each["found"]]}
        for each in findings
        if not each["ok"]
    ]
    with works.begin() as work:
        run = write_run(work, started_at, breaches)
        if breaches:
            work.emit(STOCK_AUDIT_FAILED, "stock", {"run": run, "breaches": breaches}, run)
            log.error("stock_audit_failed", run=run, breaches=breaches)
    return findings


def observe_stock(work: Work) -> list[Reading]:
    """What the stock says about itself to whoever watches. An audit that never was ended at 0."""
    last = last_run(work)
    found = {each["name"]: len(each["found"]) for each in last.breaches} if last else {}
    breaches = {name: found.get(name, 0) for name in sorted({*INVARIANTS, *found})}
    short, open_ones = count_short(work)
    ended = last.finished_at.timestamp() if last else 0.0
    return [
        Reading("mall_stock_breaches", "Offenders, up to 20, as the last audit found them", breaches, "invariant"),
        Reading("mall_stock_short", "Elements at places that have too little, by the rules", {"": float(short)}),
        Reading("mall_replenishments_open", "Proposals that nobody has decided yet", {"": float(open_ones)}),
        Reading("mall_stock_audited_timestamp_seconds", "When the last audit ended", {"": ended}),
    ]
