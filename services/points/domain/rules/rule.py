"""What a declared rule is: a table whose rows take over from each other, what they say, and which are rivals."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from services.points.domain.rules.kinds import Kind

Row = Mapping[str, Any]  # what a row says, by field
Check = Callable[[Row], str | None]  # what is wrong between the fields of a row; None: nothing


class Words(NamedTuple):
    en: str
    zh: str

    def __str__(self) -> str:
        return f"{self.en} / {self.zh}"


@dataclass(frozen=True)
class Field:
    name: str
    kind: Kind
    means: Words


@dataclass(frozen=True)
class Setting:
    """One of the whole numbers that bear a name of their own."""

    least: int
    largest: int
    means: Words


@dataclass(frozen=True)
class Rule:
    """``name`` is its table's. Rows that are alike in all fields of ``scope`` are rivals: of those the newest one whose
    day has come counts. ``checks``: what the fields of a row owe each other. ``named``: what there is by name."""

    name: str
    decides: Words
    fields: tuple[Field, ...]
    scope: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    named: Mapping[str, Setting] = field(default_factory=dict)

    @property
    def field_names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.fields)

    def field_of(self, name: str) -> Field | None:
        return next((each for each in self.fields if each.name == name), None)

    def defect_of(self, row: Row) -> str | None:
        """Of a whole row, each field of which is of its kind."""
        return next((said for said in (check(row) for check in self.checks) if said), None)

    def typed(self, row: Row) -> dict[str, str]:
        """What its fields say, as it would be typed."""
        return {each.name: each.kind.shown(row[each.name]) for each in self.fields}

    def said_by(self, row: Row) -> dict[str, Any]:
        """Its fields alone: neither since when, nor by whom."""
        return {name: row[name] for name in self.field_names}


def fields(*named: tuple[str, Kind, str, str]) -> tuple[Field, ...]:
    return tuple(Field(name, kind, Words(en, zh)) for name, kind, en, zh in named)


def by_name(rules: Iterable[Rule]) -> dict[str, Rule]:
    return {rule.name: rule for rule in rules}
