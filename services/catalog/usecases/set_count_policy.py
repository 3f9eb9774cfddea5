"""Operators decide how many units somebody alone may settle, from now or from later on."""

from typing import Any

from services.catalog.contract import POLICY_BACKDATED, POLICY_DECIDED_BEFORE
from services.catalog.storage import count_policies
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def set_count_policy(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's CountPolicies."""
    begins = request["effective_from"] or work.now
    if begins < work.now:
        raise Refused(POLICY_BACKDATED, "a policy cannot take effect in the past")
    if not count_policies.write_policy(work, request["most_units"], begins, request["reason"]):
        raise Refused(POLICY_DECIDED_BEFORE, "this instant has a policy already")
    return list_count_policies(work, {})


def list_count_policies(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    return {"policies": count_policies.list_policies(work)}
