"""A change that is not to be."""

from typing import Any

from services.chassis.data.work import Work
from services.points.storage.locks import lock_rule_change
from services.points.storage.rule_changes import RULE_CHANGES
from services.points.usecases.second_person import RULE_CHANGE, find_undecided


def reject_rule_change(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's RuleChangeRejected."""
    lock_rule_change(work, request["change_id"])
    change = find_undecided(work, RULE_CHANGE, request["change_id"])
    RULE_CHANGES.decide(work, change.change_id, "reject", because=request["reason"])
    return {"change_id": change.change_id}
