"""Changes of rules: what a row is to say from a day on, as JSON that the database compares with the row itself."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.chassis.data.work import Work
from services.points.domain.rules import Row, Rule
from services.points.domain.rules.changes import RULE_CHANGE
from services.points.storage.two_persons import Asked

RULE_CHANGES = Asked(
    "rule_change",
    "change_id",
    RULE_CHANGE,
    said=("rule", "says", "effective_from", "replaces", "reason"),
)


def put_rule_change(
    work: Work, change_id: str, rule: Rule, row: Row, effective_from: date, replaces: Row | None, reason: str
) -> None:
    """``replaces``: the row that is in force on that day as things are now."""
    says = sa.cast(_kept(rule, row), JSONB)
    replaced = replaces["id"] if replaces else None
    said = {"rule": rule.name, "says": says, "effective_from": effective_from, "replaces": replaced, "reason": reason}
    RULE_CHANGES.put(work, change_id, **said)


def typed(says: Mapping[str, Any]) -> dict[str, str]:
    """What a change says, as it would be typed."""
    return {name: _as_typed(said) for name, said in says.items()}


def _kept(rule: Rule, row: Row) -> dict[str, Any]:
    """Texts that the database reads as it reads values of a column, lists and nothings as themselves: no digit of a
    decimal number is lost in a float."""
    shown = rule.typed(row)
    return {name: said if said is None or isinstance(said, list) else shown[name] for name, said in row.items()}


def _as_typed(said: str | list[str] | None) -> str:
    return ",".join(said or ()) if isinstance(said, list | None) else said
