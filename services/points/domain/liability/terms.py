"""Configuration of the measurement: rows that are in force from a day on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from services.points.domain.liability.recognition import Consideration

ANY = "*"  # serves the sources without a row of their own


@dataclass(frozen=True)
class PointValue:
    """``worth``: the stand-alone selling price of one point that is redeemed, in millionths of a fen."""

    unit: str
    effective_from: date
    worth: int


@dataclass(frozen=True)
class PointConsideration:
    unit: str
    source: str
    effective_from: date
    paid: Consideration


Row = TypeVar("Row", PointValue, PointConsideration)


@dataclass(frozen=True)
class Terms:
    """Rows in the order in which they take over from each other. LookupError where none is in force."""

    values: Sequence[PointValue]
    considerations: Sequence[PointConsideration]

    def worth_of(self, unit: str, day: date) -> int:
        return _in_force((row for row in self.values if row.unit == unit), day, f"value of {unit}").worth

    def paid_for(self, unit: str, source: str, day: date) -> Consideration:
        rows = [row for row in self.considerations if row.unit == unit]
        own = [row for row in rows if row.source == source and row.effective_from <= day]
        any_source = [row for row in rows if row.source == ANY]
        return _in_force(own or any_source, day, f"consideration for {unit} of {source}").paid


def _in_force(rows: Iterable[Row], day: date, what: str) -> Row:
    in_force = [row for row in rows if row.effective_from <= day]
    if not in_force:
        raise LookupError(f"no {what} on {day}")
    return in_force[-1]
