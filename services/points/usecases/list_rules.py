"""Rules: which there are, and what one of them says on a day."""

from datetime import date
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.points.domain.rules import RULES, Rule
from services.points.storage.rule_rows import rows_in_force, rows_to_come
from services.points.usecases.fit_rule import declared_rule
from services.points.usecases.request_rule_change import row_told


def list_rules(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Rules."""
    return {"rules": [_declaration(rule) for rule in RULES.values()]}


def get_rule(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's RuleOnDay; today's in China, if no day is said."""
    rule, day = declared_rule(request["rule"]), request["on"] or local_date(work.now)
    return {
        "rule": rule.name,
        "on": day.isoformat(),
        "in_force": _rows(work, rule, day, rows_in_force),
        "to_come": _rows(work, rule, day, rows_to_come),
    }


def _rows(work: Work, rule: Rule, day: date, find: Any) -> list[dict[str, Any]]:
    return [row_told(rule, row) for row in find(work, rule, day)]


def _declaration(rule: Rule) -> dict[str, Any]:
    fields = [
        {"name": each.name, "expected": each.kind.expected, "means": each.means._asdict()} for each in rule.fields
    ]
    named = [{"name": name, **vars(each), "means": each.means._asdict()} for name, each in rule.named.items()]
    declared = {"rule": rule.name, "decides": rule.decides._asdict(), "scope": list(rule.scope), "takes": fields}
    return {**declared, "named": named}
