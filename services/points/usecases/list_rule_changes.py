"""Changes of rules as those see them who have to decide."""

from collections.abc import Mapping
from typing import Any

from services.chassis.data.work import Work
from services.points.domain.rules import RULES
from services.points.storage.rule_changes import typed
from services.points.storage.rule_rows import row_of_id
from services.points.usecases.request_rule_change import row_told
from services.points.usecases.second_person import RULE_CHANGE, find_asked, page_of


def list_rule_changes(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's RuleChanges; ``next_before`` is null on the last page."""
    page, next_before = page_of(work, RULE_CHANGE, request)
    return {"changes": [_seen(work, change) for change in page], "next_before": next_before}


def get_rule_change(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's RuleChange."""
    return _seen(work, find_asked(work, RULE_CHANGE, request["change_id"])._asdict())


def _seen(work: Work, change: Mapping[str, Any]) -> dict[str, Any]:
    """With the row that it is to replace, or has replaced."""
    rule, replaces = RULES[change["rule"]], change["replaces"]
    return {
        **change,
        "says": typed(change["says"]),
        "effective_from": change["effective_from"].isoformat(),
        "replaces": None if replaces is None else row_told(rule, row_of_id(work, rule, replaces)),
    }
