"""How far the goods of an order are, folded from parcels, issued codes and what was collected at a hall."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.orders.contract import CODE, PARCEL, PROVISION
from services.orders.domain.provisioning import Provisioning

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
LOST = ("lost", "damaged")


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
class PartToDeliver:
    """``quantity`` units of an element in each piece of a line; ``provisioner`` switches them on, if anybody does."""

    element_id: str
    delivery: str
    quantity: int
    provisioner: str | None = None


@dataclass(frozen=True)
class LineToDeliver:
    line_no: int
    sku_id: str
    quantity: int
    parts: tuple[PartToDeliver, ...]

    def only(self, delivery: str) -> "LineToDeliver":
        return replace(self, parts=tuple(part for part in self.parts if part.delivery == delivery))


def lines_left(lines: Sequence[LineToDeliver], withheld: Mapping[int, int]) -> tuple[LineToDeliver, ...]:
    """Lines without the pieces that will never go out, by number of the line; of an order of which nothing is left all
    of them: it is over by that."""
    left = tuple(replace(line, quantity=line.quantity - withheld.get(line.line_no, 0)) for line in lines)
    return tuple(line for line in left if line.quantity > 0) or tuple(lines)


Code = tuple[str, str]  # the SKU and the element that it is of
PartOfLine = tuple[int, PartToDeliver]


def is_handed_over_at_once(lines: Iterable[LineToDeliver]) -> bool:
    """Codes are out, and partners are asked, the moment an order is confirmed: a buyer cannot take that back."""
    return any(part.delivery in (CODE, PROVISION) for line in lines for part in line.parts)


def fulfilment_status(
    lines: Sequence[LineToDeliver],
    parcels: Iterable[Parcel],
    codes: Iterable[Code],
    provisionings: Iterable[Provisioning] = (),
    is_collected: bool = False,
) -> str:
    """One word for all parts of all lines: none, partial, shipped, delivered or returned."""
    carried = _parts_collected(lines) if is_collected else _parts_carried(lines, parcels)
    reached = _parts_delivered_by_code(lines, codes) | carried
    reached |= _parts_switched_on(lines, provisionings)
    states = {reached.get((line.line_no, part), "none") for line in lines for part in line.parts}
    if len(states) == 1:
        return states.pop()
    return "shipped" if states == {"shipped", "delivered"} else "partial"


def is_all_lost(parcels: Iterable[Parcel]) -> bool:
    """Something was sent, and nothing of it will come whole."""
    sent = [parcel.status for parcel in parcels if parcel.status not in NOT_ON_ITS_WAY]
    return bool(sent) and all(status in LOST for status in sent)


def _parts_delivered_by_code(lines: Sequence[LineToDeliver], issued: Iterable[Code]) -> dict[PartOfLine, str]:
    """A part is there when all its codes are; lines of one SKU get theirs in turn."""
    codes = Counter(issued)
    reached: dict[PartOfLine, str] = {}
    for line in lines:
        for part in line.parts:
            needed, of = line.quantity * part.quantity, (line.sku_id, part.element_id)
            if part.delivery == CODE and codes[of] >= needed:
                codes[of] -= needed
                reached[line.line_no, part] = "delivered"
    return reached


def _parts_switched_on(lines: Sequence[LineToDeliver], provisionings: Iterable[Provisioning]) -> dict[PartOfLine, str]:
    there = {(one.line_no, one.element_id) for one in provisionings if one.state == "succeeded"}
    return {
        (line.line_no, part): "delivered"
        for line in lines
        for part in line.parts
        if part.delivery == PROVISION and (line.line_no, part.element_id) in there
    }


def _parts_carried(lines: Sequence[LineToDeliver], parcels: Iterable[Parcel]) -> dict[PartOfLine, str]:
    """A line in several parcels is as far as the one that is least far."""
    states: dict[int, set[str]] = {}
    for parcel in parcels:
        if parcel.status not in NOT_ON_ITS_WAY:
            for line_no in parcel.line_nos:
                states.setdefault(line_no, set()).add(_line_state(parcel.status))
    carried = [(line.line_no, part) for line in lines for part in line.parts if part.delivery == PARCEL]
    return {(line_no, part): _least_far(states[line_no]) for line_no, part in carried if line_no in states}


def _parts_collected(lines: Sequence[LineToDeliver]) -> dict[PartOfLine, str]:
    """All that would have been carried was handed over at a counter, in one go."""
    return {(line.line_no, part): "delivered" for line in lines for part in line.only(PARCEL).parts}


def _line_state(parcel_status: str) -> str:
    return parcel_status if parcel_status in ("delivered", "returned") else "shipped"


def _least_far(states: set[str]) -> str:
    return min(states, key=("shipped", "delivered", "returned").index)
