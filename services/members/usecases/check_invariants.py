"""What must hold of all members at any time."""

from services.chassis.data.audit import Finding, audited, finding
from services.chassis.data.work import Work
from services.members.domain.tiers import RANKS
from services.members.storage.invariants import INVARIANTS
from services.members.storage.tiers import members_below_their_tier, thresholds_in_force

TIER_AS_EARNED = "nobody has a lower tier than the points earn"


def check_invariants(work: Work) -> list[Finding]:
    """``found`` are ids of members, and of codes that opened two sessions."""
    below = members_below_their_tier(work, thresholds_in_force(work), RANKS)
    return [*audited(work, INVARIANTS), finding(TIER_AS_EARNED, below)]
