"""On what terms cash on delivery is offered, from an instant on."""

from dataclasses import asdict
from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.members import contract
from services.members.storage.credit import add_policy, policy_in_force

LIMITS = {
    "good_trades_needed": (0, 1_000_000),
    "bad_per_mille": (0, 1000),
    "window_days": (1, 3660),
    "most_open_orders": (0, 1000),
    "most_open_fen": (0, 100_000_000),
}


def set_credit_policy(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``request``: any of LIMITS and ``vip_tiers`` (None: as it is now), effective_from (None: now), reason."""
    said = {name: request[name] for name in ("vip_tiers", *LIMITS) if request[name] is not None}
    for name, (least, most) in LIMITS.items():
        if name in said and not least <= said[name] <= most:
            raise Refused(contract.CREDIT_POLICY_INVALID, f"{name} is {least} to {most}")
    effective_from = request["effective_from"] or work.now
    if effective_from < work.now:
        raise Refused(contract.CREDIT_POLICY_INVALID, "the past is not rewritten: now or later")
    row = asdict(policy_in_force(work)) | said
    row |= {"vip_tiers": sorted(row["vip_tiers"]), "effective_from": effective_from}
    row |= {"actor": work.context.actor, "reason": request["reason"]}
    if not add_policy(work, row):
        raise Refused(contract.CREDIT_POLICY_INVALID, "there is a policy from that instant already")
    return row
