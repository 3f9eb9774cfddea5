"""What a rule is to say from a day on, fitted to what is said already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.rules import AGREEMENTS, RULES, Breach, Malformed, Row, Rule, breach_of
from services.points.storage.rule_rows import rows_of_scope


@dataclass(frozen=True)
class Fitted:
    """``row`` says every field. ``replaces``: the row in force on that day, which says what was not typed; ``until``
    the day of the row that takes over next; ``told`` which rules are to follow."""

    rule: Rule
    row: Row
    effective_from: date
    replaces: Row | None
    until: date | None
    told: Sequence[Breach]


def fit_rule(work: Work, name: str, typed: Mapping[str, str], day: date) -> Fitted:
    """``typed``: fields by name. Refuses the codes ``rule.…``."""
    rule = declared_rule(name)
    _insist_on_time_to_come(work, day)
    said = read_fields(rule, typed)
    rows = rows_of_scope(work, rule, _scope_of(rule, said), day)
    replaced = next((row for row in rows if row["effective_from"] <= day), None)
    row = _whole_row(rule, said, replaced)
    coming = [one for one in rows if one["effective_from"] > day]
    told = _agreed(work, rule, day, [*filter(None, [replaced]), {**row, "effective_from": day}, *coming])
    return Fitted(rule, row, day, replaced, coming[0]["effective_from"] if coming else None, told)


def declared_rule(name: str) -> Rule:
    if name not in RULES:
        raise Refused(contract.RULE_UNKNOWN, f"there is no rule {name!r}", known=" ".join(RULES))
    return RULES[name]


def read_fields(rule: Rule, typed: Mapping[str, str]) -> Row:
    return {name: _read_field(rule, name, said) for name, said in typed.items()}


def _read_field(rule: Rule, name: str, said: str) -> Any:
    field = rule.field_of(name)
    if field is None:
        known = " ".join(rule.field_names)
        raise Refused(contract.RULE_FIELD_UNKNOWN, f"{rule.name} has no field {name!r}", known=known)
    try:
        return field.kind.read(said)
    except Malformed:
        expected = field.kind.expected
        raise Refused(contract.RULE_FIELD_INVALID, f"{name} is {expected}", field=name, expected=expected) from None


def _insist_on_time_to_come(work: Work, day: date) -> None:
    """Today, by the calendar of China, or later: points were earned and spent by what was decided about days gone."""
    today = local_date(work.now)
    if day < today:
        raise Refused(contract.RULE_BACKDATED, "it cannot take effect in the past", earliest=today.isoformat())


def _scope_of(rule: Rule, typed: Row) -> Row:
    _insist_on_fields(rule, [name for name in rule.scope if name not in typed], "it has to be said of which")
    return {name: typed[name] for name in rule.scope}


def _whole_row(rule: Rule, typed: Row, replaced: Row | None) -> dict[str, Any]:
    stays = {name: said for name, said in rule.typed(replaced).items() if name not in typed} if replaced else {}
    row = {**read_fields(rule, stays), **typed}
    _insist_on_fields(rule, [name for name in rule.field_names if name not in row], "no row before says the rest")
    if defect := rule.defect_of(row):
        raise Refused(contract.RULE_INVALID, defect)
    return rule.said_by(row)


def _insist_on_fields(rule: Rule, missing: Sequence[str], why: str) -> None:
    if missing:
        raise Refused(contract.RULE_FIELD_MISSING, why, missing=" ".join(missing))


def _agreed(work: Work, rule: Rule, day: date, rows: Sequence[Row]) -> list[Breach]:
    """What is only told; an agreement that binds is a refusal. ``rows`` are those of the scope with the new one."""
    row = next(one for one in reversed(rows) if one["effective_from"] <= day)
    told = []
    for agreement in AGREEMENTS:
        other = agreement.other(row) if agreement.rule == rule.name else None
        if other is None:
            continue
        others = rows_of_scope(work, RULES[other.rule], other.scope, day)
        breach = breach_of(agreement, day, rows, others)
        if breach and agreement.binds:
            raise Refused(contract.RULE_CONTRADICTED, breach.says, what=breach.what, since=breach.since.isoformat())
        told += [breach] if breach else []
    return told
