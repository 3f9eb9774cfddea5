"""The stored messages audited against the rules of sending."""

from services.chassis.data.audit import Finding, audited
from services.chassis.data.work import Work
from services.notifications.storage.invariants import GRACE, INVARIANTS


def check_invariants(work: Work) -> list[Finding]:
    """``found`` names messages, receipts, or events with a channel or member."""
    return audited(work, INVARIANTS, grace=GRACE)
