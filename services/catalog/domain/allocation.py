"""From which warehouse each unit of a basket comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.catalog.contract import STOCK_INSUFFICIENT
from services.catalog.domain.composition import WantedPart, units_by_element
from services.chassis.refusal import Refused


@dataclass(frozen=True, order=True)
class Portion:
    """``quantity`` units of one element in one warehouse."""

    element_id: str
    place_id: str
    quantity: int


@dataclass(frozen=True)
class Level:
    """What one warehouse can still promise of an element; levels are listed in the order of use."""

    element_id: str
    place_id: str
    free: int


def allocate(parts: Sequence[WantedPart], levels: Sequence[Level]) -> list[Portion]:
    """All of ``parts`` or nothing, sorted; refuses with every shortage."""
    wanted = units_by_element(parts)
    places = {element_id: [level for level in levels if level.element_id == element_id] for element_id in wanted}
    if shortages := _shortages(parts, wanted, places):
        raise Refused(STOCK_INSUFFICIENT, "not enough stock", shortages=shortages)
    return sorted(portion for element_id, units in wanted.items() for portion in _portions(units, places[element_id]))


def _shortages(
    parts: Sequence[WantedPart], wanted: Mapping[str, int], places: Mapping[str, Sequence[Level]]
) -> list[dict[str, Any]]:
    """Every SKU with every element it is short of; ``wanted`` and ``available`` are units of the element, which all
    SKUs of the basket share."""
    available = {element_id: sum(level.free for level in levels) for element_id, levels in places.items()}
    return [
        {
            "sku_id": part.sku_id,
            "element_id": part.element_id,
            "wanted": wanted[part.element_id],
            "available": available[part.element_id],
        }
        for part in parts
        if wanted[part.element_id] > available[part.element_id]
    ]


def _portions(units: int, places: Sequence[Level]) -> list[Portion]:
    """From one warehouse if any has them all (one parcel), else from each in turn."""
    whole = [level for level in places if level.free >= units][:1]
    portions = []
    for level in whole or places:
        taken = min(units, level.free)
        if taken:
            portions.append(Portion(level.element_id, level.place_id, taken))
        units -= taken
    return portions
