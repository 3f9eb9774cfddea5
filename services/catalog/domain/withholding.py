"""Pieces of an order that do not go out after all: which units of which places they are. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from services.catalog.contract import CODE
from services.catalog.domain.composition import WantedPart
from services.catalog.domain.parcels import Portion

Places = Mapping[tuple[str, str], int]  # units by element and place


class PiecesNotThere(Exception):
    """More is to be withheld than the order has, or has left."""


def parts_withheld(
    parts: Sequence[WantedPart], pieces: Mapping[str, int], before: Mapping[str, int]
) -> list[WantedPart]:
    """Of the parts of an order those of ``pieces``, by SKU; ``before``: what was withheld of it earlier. Raises
    PiecesNotThere."""
    sold = {part.sku_id: part.pieces for part in parts}
    if wrong := sorted(sku for sku, wanted in pieces.items() if wanted + before.get(sku, 0) > sold.get(sku, 0)):
        raise PiecesNotThere(f"the order has not so many left of {wrong}")
    return [replace(part, pieces=pieces[part.sku_id]) for part in parts if part.sku_id in pieces]


def units_to_free(parts: Iterable[WantedPart]) -> dict[str, int]:
    """By element; codes that were issued are not sold again."""
    units: dict[str, int] = {}
    for part in parts:
        if part.delivery != CODE:
            units[part.element_id] = units.get(part.element_id, 0) + part.units
    return units


def not_back(portions: Iterable[Portion], back: Places) -> list[Portion]:
    """Of what an order took from places what has not come back there."""
    left = [replace(one, quantity=one.quantity - back.get((one.element_id, one.place_id), 0)) for one in portions]
    return [one for one in left if one.quantity > 0]


def taken_of(portions: Iterable[Portion], units: Mapping[str, int]) -> list[Portion]:
    """So many ``units`` by element, place after place. Raises PiecesNotThere."""
    missing, taken = dict(units), []
    for portion in sorted(portions):
        if quantity := min(portion.quantity, missing.get(portion.element_id, 0)):
            missing[portion.element_id] -= quantity
            taken.append(replace(portion, quantity=quantity))
    if any(missing.values()):
        raise PiecesNotThere(f"units are missing of {sorted(e for e, many in missing.items() if many)}")
    return taken
