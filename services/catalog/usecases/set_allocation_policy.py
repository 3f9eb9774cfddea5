"""Operators decide how places are chosen, from now or from later on."""

from typing import Any

from services.catalog.contract import POLICY_BACKDATED, POLICY_DECIDED_BEFORE
from services.catalog.storage import allocation_policies
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def set_allocation_policy(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's AllocationPolicies."""
    begins = request["effective_from"] or work.now
    if begins < work.now:
        raise Refused(POLICY_BACKDATED, "a policy cannot take effect in the past")
    if allocation_policies.is_decided(work, begins):
        raise Refused(POLICY_DECIDED_BEFORE, "this instant has a policy already")
    allocation_policies.write_policy(work, {**request, "effective_from": begins})
    return list_allocation_policies(work, {})


def list_allocation_policies(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    return {"policies": allocation_policies.list_policies(work)}
