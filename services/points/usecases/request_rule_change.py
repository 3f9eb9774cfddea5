"""Somebody asks for what a rule is to say from some day on; it does when somebody else approves."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.rules import Row, Rule
from services.points.storage.rule_changes import put_rule_change
from services.points.usecases.fit_rule import Fitted, fit_rule


def request_rule_change(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's RuleChangeRequested. Nothing changes yet."""
    fitted = draft_rule_change(work, request["rule"], request["says"], request["effective_from"])
    change_id = derived_id("chg", work.context.actor, request["request_id"])
    said = (fitted.rule, fitted.row, fitted.effective_from, fitted.replaces, request["reason"])
    put_rule_change(work, change_id, *said)
    return {"change_id": change_id, **told(fitted)}


def draft_rule_change(work: Work, name: str, typed: Mapping[str, str], day: date) -> Fitted:
    fitted = fit_rule(work, name, typed, day)
    if fitted.replaces and fitted.rule.typed(fitted.row) == fitted.rule.typed(fitted.replaces):
        raise Refused(contract.RULE_UNCHANGED, "it says so already", since=_iso(fitted.replaces["effective_from"]))
    return fitted


def told(fitted: Fitted) -> dict[str, Any]:
    """As the contract tells it: fields as they would be typed."""
    return {
        "rule": fitted.rule.name,
        "says": fitted.rule.typed(fitted.row),
        "effective_from": _iso(fitted.effective_from),
        "replaces": fitted.replaces and row_told(fitted.rule, fitted.replaces),
        "until": fitted.until and _iso(fitted.until),
        "told": [{**vars(breach), "since": _iso(breach.since)} for breach in fitted.told],
    }


def row_told(rule: Rule, row: Row) -> dict[str, Any]:
    """The contract's RuleRow."""
    kept = {name: row[name] for name in ("id", "actor", "change_id")}
    return {**kept, "says": rule.typed(row), "effective_from": _iso(row["effective_from"])}


def _iso(day: date) -> str:
    return day.isoformat()
