"""Ops decide what a rule says from some day on. What was decided about days gone by stays."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.rules import AGREEMENTS, RULES, Breach, Malformed, Row, Rule, breach_of
from services.points.storage.locks import lock_rules
from services.points.storage.rule_rows import put_row, rows_of_scope
from services.points.usecases.time_to_come import insist_on_time_to_come


def set_rule(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``request``: {"rule", "fields": as they were typed, by name, "effective_from", "dry_run"}.

    Answers {"rule", "row", "effective_from", "actor", "replaces", "until", "written", "told"}: ``replaces`` is the row
    in force on that day, which says what was not typed; ``until`` the day of the row that takes over next; ``told``
    which rules are to follow. Nothing is written if all is said already. Refuses the codes ``rule.…``.
    """
    rule, day = declared_rule(request["rule"]), request["effective_from"]
    insist_on_time_to_come(work, day, contract.RULE_BACKDATED)
    typed = _read(rule, request["fields"])
    lock_rules(work)
    rows = rows_of_scope(work, rule, _scope_of(rule, typed), day)
    replaced = next((row for row in rows if row["effective_from"] <= day), None)
    row = _whole_row(rule, typed, replaced)
    coming = [one for one in rows if one["effective_from"] > day]
    told = _agreed(work, rule, day, [*filter(None, [replaced]), {**row, "effective_from": day}, *coming])
    written = not request["dry_run"] and (replaced is None or row != rule.said_by(replaced))
    if written:
        put_row(work, rule, row, day)
    return {
        **{"rule": rule.name, "row": row, "effective_from": day, "actor": work.context.actor, "replaces": replaced},
        "until": coming[0]["effective_from"] if coming else None,
        "written": written,
        "told": [vars(breach) for breach in told],
    }


def declared_rule(name: str) -> Rule:
    if name not in RULES:
        raise Refused(contract.RULE_UNKNOWN, f"there is no rule {name!r}", known=" ".join(RULES))
    return RULES[name]


def _read(rule: Rule, typed: Mapping[str, str]) -> Row:
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


def _scope_of(rule: Rule, typed: Row) -> Row:
    _insist_on_fields(rule, [name for name in rule.scope if name not in typed], "it has to be said of which")
    return {name: typed[name] for name in rule.scope}


def _whole_row(rule: Rule, typed: Row, replaced: Row | None) -> dict[str, Any]:
    row = {**(rule.said_by(replaced) if replaced else {}), **typed}
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
