"""A second person approves: the rule says from its day on what was asked for, if that still fits all the others."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.storage.locks import lock_rule_change, lock_rules
from services.points.storage.rule_changes import RULE_CHANGES, typed
from services.points.storage.rule_rows import put_row
from services.points.usecases.fit_rule import Fitted, fit_rule
from services.points.usecases.request_rule_change import told
from services.points.usecases.second_person import RULE_CHANGE, find_undecided, insist_on_second_person


def approve_rule_change(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's RuleChangeApproved. What fits no more is refused, and stays there to be rejected."""
    lock_rule_change(work, request["change_id"])
    change = find_undecided(work, RULE_CHANGE, request["change_id"])
    insist_on_second_person(work, RULE_CHANGE, change)
    lock_rules(work)
    fitted = fit_rule(work, change.rule, typed(change.says), change.effective_from)
    _insist_on_what_was_seen(change, fitted)
    RULE_CHANGES.decide(work, change.change_id, "approve")
    put_row(work, fitted.rule, fitted.row, fitted.effective_from, change.change_id)
    by = {"requested_by": change.requested_by, "approved_by": work.context.actor, "reason": change.reason}
    return {"change_id": change.change_id, **told(fitted), **by}


def _insist_on_what_was_seen(change: sa.Row[Any], fitted: Fitted) -> None:
    """Who asked took over what was in force: a row that was approved since would be undone unseen."""
    replaces = fitted.replaces["id"] if fitted.replaces else None
    if replaces != change.replaces:
        raise Refused(contract.RULE_CHANGE_OVERTAKEN, "another change came before it: ask for it anew")
