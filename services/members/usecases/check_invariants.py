"""What must hold of all members at any time."""

from typing import Any

from services.chassis.data.work import Work
from services.members.domain.tiers import RANKS
from services.members.storage.invariants import BROKEN_ROWS, count_broken_rows
from services.members.storage.tiers import members_below_their_tier, thresholds_in_force

TIER_AS_EARNED = "nobody has a lower tier than the points earn"


def check_invariants(work: Work) -> list[dict[str, Any]]:
    """[{"name", "ok", "found"}]; ``found`` counts what contradicts the rule."""
    found = {name: count_broken_rows(work, name) for name in BROKEN_ROWS}
    found[TIER_AS_EARNED] = members_below_their_tier(work, thresholds_in_force(work), RANKS)
    return [{"name": name, "ok": count == 0, "found": count} for name, count in found.items()]
