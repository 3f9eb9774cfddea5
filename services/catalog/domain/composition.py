"""What SKUs consist of: elements, each so many times in a piece."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.catalog.contract import GOODS_UNKNOWN
from services.chassis.refusal import Refused


@dataclass(frozen=True, kw_only=True)
class Described:
    """What an element is called, and, where a partner switches it on, who does and under which name. It describes
    parts and does not tell them apart."""

    name_zh: str = field(default="", compare=False)
    name_en: str = field(default="", compare=False)
    provisioner: str | None = field(default=None, compare=False)
    product: str | None = field(default=None, compare=False)


DESCRIPTION = tuple(Described.__dataclass_fields__)


@dataclass(frozen=True)
class Part(Described):
    """``quantity`` units of an element in each piece of a SKU."""

    element_id: str
    delivery: str
    quantity: int


@dataclass(frozen=True, order=True)
class WantedPart(Described):
    """What an order takes of one element for one SKU: ``quantity`` units in each of its ``pieces``."""

    sku_id: str
    element_id: str
    delivery: str
    pieces: int
    quantity: int

    @property
    def units(self) -> int:
        return self.pieces * self.quantity


Compositions = Mapping[str, Sequence[Part]]


def merged(lines: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Pieces by SKU, sorted: two lines of one SKU are one wish."""
    pieces: Counter[str] = Counter()
    for line in lines:
        pieces[line["sku_id"]] += line["quantity"]
    return dict(sorted(pieces.items()))


def parts_wanted(pieces: Mapping[str, int], compositions: Compositions) -> list[WantedPart]:
    """Sorted by SKU and element; refuses with every SKU that has no composition."""
    if unknown := [sku_id for sku_id in pieces if not compositions.get(sku_id)]:
        raise Refused(GOODS_UNKNOWN, "no such SKU", sku_ids=unknown)
    return sorted(
        WantedPart(sku_id, part.element_id, part.delivery, wanted, part.quantity, **described(part))
        for sku_id, wanted in pieces.items()
        for part in compositions[sku_id]
    )


def units_by_element(parts: Iterable[WantedPart]) -> dict[str, int]:
    """Units by element over all SKUs, sorted: what SKUs share must pass one check, and locks have one order."""
    units: Counter[str] = Counter()
    for part in parts:
        units[part.element_id] += part.units
    return dict(sorted(units.items()))


def pieces_by_sku(parts: Iterable[WantedPart]) -> dict[str, int]:
    return {part.sku_id: part.pieces for part in parts}


def compositions_in(parts: Iterable[WantedPart]) -> dict[str, list[Part]]:
    """How the SKUs of these parts are composed."""
    composed: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        composed[part.sku_id].append(Part(part.element_id, part.delivery, part.quantity, **described(part)))
    return dict(composed)


def described(part: Any) -> dict[str, Any]:
    """Of a part or of a row."""
    return {name: getattr(part, name) for name in DESCRIPTION}
