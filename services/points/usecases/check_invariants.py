"""The ledger audited against itself."""

from services.chassis.data.audit import Finding, audited
from services.chassis.data.work import Work
from services.points.storage.invariants import AT_EASE, INVARIANTS


def check_invariants(work: Work) -> list[Finding]:
    """``found`` are accounts, buckets, holds, journals or runs that break the rule."""
    work.execute(AT_EASE)
    return audited(work, INVARIANTS)
