"""The auditor: counts everything again and says what does not agree."""

from services.catalog.storage.invariants import INVARIANTS
from services.chassis.data.audit import Finding, audited
from services.chassis.data.work import Work


def check_invariants(work: Work) -> list[Finding]:
    """``found`` are rows that break the rule."""
    return audited(work, INVARIANTS)
