"""From which place each unit of a basket comes: all of it or nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.catalog.contract import PARCEL, STOCK_INSUFFICIENT
from services.catalog.domain.composition import WantedPart, units_by_element
from services.catalog.domain.parcels import Level, Portion, Site, Weights, in_few_parcels
from services.chassis.refusal import Refused


@dataclass(frozen=True)
class Terms:
    """Which places may serve an order, and what is preferred among them."""

    sites: Sequence[Site]
    weights: Weights


def allocate(parts: Sequence[WantedPart], levels: Sequence[Level], terms: Terms) -> list[Portion]:
    """All of ``parts`` or nothing, sorted; refuses with every shortage.

    What is carried comes from the sites of ``terms``. Everything else lies nowhere: any level will do, those listed
    first go first.
    """
    wanted, nowhere = units_by_element(parts), {part.element_id for part in parts if part.delivery != PARCEL}
    sites = {site.place_id for site in terms.sites}
    usable = [level for level in levels if level.element_id in nowhere or level.place_id in sites]
    if shortages := _shortages(parts, wanted, usable):
        raise Refused(STOCK_INSUFFICIENT, "not enough stock", shortages=shortages)
    carried = {element_id: units for element_id, units in wanted.items() if element_id not in nowhere}
    other = [portion for element_id in nowhere for portion in in_turn(element_id, wanted[element_id], usable)]
    return sorted([*other, *in_few_parcels(carried, usable, terms.sites, terms.weights)])


def _shortages(parts: Sequence[WantedPart], wanted: Mapping[str, int], levels: Sequence[Level]) -> list[dict[str, Any]]:
    """Every SKU with every element it is short of; ``wanted`` and ``available`` are units of the element, which all
    SKUs of the basket share."""
    available: Counter[str] = Counter()
    for level in levels:
        available[level.element_id] += level.free
    available.subtract({level.element_id: level.owed for level in levels})
    return [
        {
            "sku_id": part.sku_id,
            "element_id": part.element_id,
            "wanted": wanted[part.element_id],
            "available": max(0, available[part.element_id]),
        }
        for part in parts
        if wanted[part.element_id] > available[part.element_id]
    ]


def in_turn(element_id: str, units: int, levels: Sequence[Level]) -> list[Portion]:
    """So many units of the element, from the levels that are listed first."""
    portions = []
    for level in levels:
        if level.element_id == element_id and (taken := min(units, level.free)):
            portions.append(Portion(element_id, level.place_id, taken))
            units -= taken
    return portions
