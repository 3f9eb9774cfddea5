"""How programs for operators show values: JSON for programs, a few words for people."""

import unicodedata
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa

from services.chassis.schemas import to_wire


def say_json(value: Any, indented: bool = False) -> None:
    """On standard output, one line unless ``indented``. Rows, sets and moments may be anywhere in ``value``."""
    form = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS | (orjson.OPT_INDENT_2 if indented else 0)
    print(orjson.dumps(value, default=_plain, option=form).decode())


def brief(value: Any) -> str:
    """A row as ``name=value name=value``, anything else as its text."""
    if isinstance(value, Mapping):
        return " ".join(f"{name}={each}" for name, each in value.items())
    return str(value)


def briefly(values: Sequence[Any]) -> str:
    return ", ".join(brief(value) for value in values)


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """A line a row, in columns as a terminal shows them: the first flush left, the others flush right."""
    widths = [max(map(_shown_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        blanks = [" " * (width - _shown_width(cell)) for cell, width in zip(row, widths, strict=True)]
        cells = [row[0] + blanks[0], *(blank + cell for cell, blank in zip(row[1:], blanks[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return lines


def _shown_width(words: str) -> int:
    """A Chinese character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in words)


def _plain(value: Any) -> Any:
    """What JSON has no form of."""
    if isinstance(value, sa.Row):
        return dict(value._mapping)
    if isinstance(value, Set):
        return sorted(value)
    if isinstance(value, datetime):
        return to_wire(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
