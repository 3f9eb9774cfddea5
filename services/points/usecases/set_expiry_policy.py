"""Ops decide how long points live that are earned from some day on. What was earned before keeps its day."""

from datetime import date
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.expiry import ExpiryPolicy, defect_of, expires_on, most_buckets
from services.points.storage import rules
from services.points.storage.expiry_policies import put_policy
from services.points.storage.pools import pools_in_force
from services.points.usecases.time_to_come import insist_on_time_to_come


def set_expiry_policy(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``request``: {"source", "unit", "pool", "rule", "amount", "rounding", "effective_from"}; the same with "actor".

    Rows are never changed: this one takes over on its day. Set again, it only stands there twice.
    """
    insist_on_time_to_come(work, request["effective_from"], contract.EXPIRY_BACKDATED)
    _insist_on_scope(work, request)
    defect = defect_of(ExpiryPolicy(request["rule"], request["amount"], request["rounding"]))
    if defect:
        raise Refused(contract.EXPIRY_POLICY_INVALID, defect)
    put_policy(work, request)
    return request | {"actor": work.context.actor}


def preview_expiry(work: Work, scope: dict[str, Any], earned_on: date, draft: ExpiryPolicy | None) -> dict[str, Any]:
    """What ``draft`` (None: the policy in force) gives for points earned on a day. ``most_buckets`` is how many buckets
    a wallet can have by it."""
    _insist_on_scope(work, scope)
    pool, unit = scope["pool"] or 0, scope["unit"] or contract.POINTS
    policy = draft or rules.expiry_policy(work, scope["source"], pool, earned_on, unit)
    if defect := defect_of(policy):
        raise Refused(contract.EXPIRY_POLICY_INVALID, defect)
    last_day = expires_on(policy, earned_on)
    return {
        **{"source": scope["source"], "unit": unit, "pool": pool},
        **vars(policy),
        "earned_on": earned_on,
        "expires_on": None if policy.rule == "never" else last_day,
        "days": None if policy.rule == "never" else (last_day - earned_on).days,
        "most_buckets": most_buckets(policy),
    }


def _insist_on_scope(work: Work, scope: dict[str, Any]) -> None:
    if scope["source"] not in contract.EXPIRY_SOURCES:
        raise Refused(contract.EXPIRY_POLICY_INVALID, f"the source is one of {' '.join(contract.EXPIRY_SOURCES)}")
    if scope["unit"] not in (None, contract.POINTS, contract.COINS):
        raise Refused(contract.EXPIRY_POLICY_INVALID, f"the unit is {contract.POINTS} or {contract.COINS}")
    pools = {pool.no for pool in pools_in_force(work, local_date(work.now))}
    if scope["pool"] is not None and scope["pool"] not in pools:
        raise Refused(contract.EXPIRY_POLICY_INVALID, "there is no such pool")
