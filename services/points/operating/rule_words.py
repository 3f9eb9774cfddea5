"""Rules and their changes in words, for people."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.chassis.showing import table
from services.points.domain.rules import RULES, Rule

NOTHING = "-"
NO_CHANGE = "a dry run: nothing was asked for"
_KEPT = ("id", "effective_from", "actor", "change_id")
_Told = Mapping[str, Any]  # as the contract tells it


def listed(rules: Iterable[Rule]) -> list[str]:
    return _flush_left([(rule.name, f"{rule.decides}:", " ".join(rule.field_names)) for rule in rules])


def legend(rule: Rule) -> list[str]:
    fields = [(f"{each.name}=", str(each.means), f"({each.kind.expected})") for each in rule.fields]
    named = [(name, str(each.means), f"({each.least} to {each.largest})") for name, each in rule.named.items()]
    return [f"{rule.name}: {rule.decides}", "", *_flush_left(fields), *(["", *_flush_left(named)] if named else [])]


def rows_told(rule: Rule, rows: Iterable[_Told]) -> list[str]:
    """``rows`` as the contract's RuleRow."""
    lines = [[*_says(rule, row), *(str(row[name] or NOTHING) for name in _KEPT)] for row in rows]
    return table([(*rule.field_names, *_KEPT), *lines])


def asked_for(change: _Told) -> list[str]:
    """What it replaces, what it says, until when, and what is to follow."""
    until = [f"until {change['until']}, when another row takes over"] if change["until"] else []
    told = [f"! {each['what']}: broken from {each['since']} on, until {each['says']}" for each in change["told"]]
    return [*_beside(change), *until, *told]


def written(approved: _Told) -> str:
    return f"{approved['change_id']}: approved by {approved['approved_by']}, asked for by {approved['requested_by']}"


def change_seen(change: _Told) -> list[str]:
    """``change`` as the contract's RuleChange."""
    asked = f"asked for by {change['requested_by']} at {change['requested_at']}: {change['reason']}"
    why = f": {change['decided_because']}" if change["decided_because"] else ""
    decided = [f"{change['state']} by {change['decided_by']} at {change['decided_at']}{why}"]
    return [f"{change['change_id']} {asked}", *(decided if change["decided_by"] else []), *_beside(change), ""]


def _beside(change: _Told) -> list[str]:
    """The row that it replaces and its own, in two columns."""
    rule, before = RULES[change["rule"]], change["replaces"]
    since = f"since {before['effective_from']}" if before else "before"
    were = _says(rule, before) if before else [NOTHING] * len(rule.fields)
    fields = zip(rule.field_names, were, _says(rule, change), strict=True)
    return table([(rule.name, since, f"from {change['effective_from']}"), *fields])


def _says(rule: Rule, told: _Told) -> list[str]:
    return [told["says"].get(name) or NOTHING for name in rule.field_names]


def _flush_left(rows: list[tuple[str, str, str]]) -> list[str]:
    """The first column as wide as it must be; the others follow as they come."""
    width = max(len(first) for first, _, _ in rows)
    return [f"{first:<{width}}  {second} {third}" for first, second, third in rows]
