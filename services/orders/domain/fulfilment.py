"""How far the goods of an order are, folded from parcels and issued codes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

_STAGES = {
    "pending": 0,
    "dispatched": 1,
    "picked_up": 2,
    "in_transit": 3,
    "out_for_delivery": 3,
    "delivery_failed": 3,
    "cancelled": 4,
    "delivered": 5,
    "returned": 5,
    "lost": 5,
    "damaged": 5,
}
_TIE = {status: place for place, status in enumerate(_STAGES)}
NOT_ON_ITS_WAY = ("pending", "cancelled")


@dataclass(frozen=True)
class ParcelFact:
    """One thing the carrier or the warehouse said of a parcel, at ``occurred_at`` by their clock."""

    status: str
    occurred_at: datetime

    def supersedes(self, other: "ParcelFact") -> bool:
        """A later stage wins; within a stage the later instant; so any order of arrival ends in the same state."""
        return self._place > other._place

    @property
    def _place(self) -> tuple[int, datetime, int]:
        return (_STAGES[self.status], self.occurred_at, _TIE[self.status])


@dataclass(frozen=True)
class Parcel:
    status: str
    line_nos: tuple[int, ...]


@dataclass(frozen=True)
class LineToDeliver:
    line_no: int
    sku_id: str
    kind: str
    quantity: int


def fulfilment_status(lines: Sequence[LineToDeliver], parcels: Iterable[Parcel], coded_skus: Iterable[str]) -> str:
    """One word for all lines: none, partial, shipped, delivered or returned. ``coded_skus`` has a SKU per code."""
    reached = _lines_delivered_by_code(lines, coded_skus) | _lines_carried(lines, parcels)
    states = {reached.get(line.line_no, "none") for line in lines}
    if len(states) == 1:
        return states.pop()
    return "shipped" if states == {"shipped", "delivered"} else "partial"


def _lines_delivered_by_code(lines: Sequence[LineToDeliver], coded_skus: Iterable[str]) -> dict[int, str]:
    codes = Counter(coded_skus)
    reached = {}
    for line in lines:
        if line.kind == "virtual" and codes[line.sku_id] >= line.quantity:
            codes[line.sku_id] -= line.quantity
            reached[line.line_no] = "delivered"
    return reached


def _lines_carried(lines: Sequence[LineToDeliver], parcels: Iterable[Parcel]) -> dict[int, str]:
    """A line in several parcels is as far as the one that is least far."""
    states: dict[int, set[str]] = {}
    for parcel in parcels:
        if parcel.status not in NOT_ON_ITS_WAY:
            for line_no in parcel.line_nos:
                states.setdefault(line_no, set()).add(_line_state(parcel.status))
    physical = {line.line_no for line in lines if line.kind == "physical"}
    return {line_no: _least_far(reached) for line_no, reached in states.items() if line_no in physical}


def _line_state(parcel_status: str) -> str:
    return parcel_status if parcel_status in ("delivered", "returned") else "shipped"


def _least_far(states: set[str]) -> str:
    return min(states, key=("shipped", "delivered", "returned").index)
