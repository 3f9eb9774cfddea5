"""Which of an order's codes a piece is: of each element the n-th ones, in the order of the codes. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.orders import contract
from services.orders.domain.aftersale.units import Place

Line = Mapping[str, Any]


def have_codes(lines: Iterable[Line], units: Iterable[Any]) -> bool:
    """Some of these pieces are handed over as codes, at least in part."""
    with_codes = {line["line_no"] for line in lines if any(_parts_as_codes(line))}
    return any(unit.line_no in with_codes for unit in units)


def codes_of_units(lines: Sequence[Line], codes: Iterable[Any], units: Iterable[Any]) -> list[str] | None:
    """Of rows of codes those of these pieces; None while codes of them are still to come, since only of all that there
    will be it is certain which is whose."""
    issued: dict[tuple[str, str], list[str]] = {}
    for row in codes:
        issued.setdefault((row.sku_id, row.element_id), []).append(row.code)
    found: list[str] = []
    for sku_id, element_id, first, last, all_in_all in _wanted(lines, units):
        of_element = sorted(issued.get((sku_id, element_id), []))
        if len(of_element) < all_in_all:
            return None
        found += of_element[first:last]
    return found


def _wanted(lines: Sequence[Line], units: Iterable[Any]) -> Iterator[tuple[str, str, int, int, int]]:
    """SKU, element, from where to where the piece's codes are among those of the element, and how many these are."""
    by_number = {line["line_no"]: line for line in lines}
    for unit in units:
        line = by_number[unit.line_no]
        pieces = _pieces_of_sku(lines, line["sku_id"])
        place = pieces.index((unit.line_no, unit.unit_no))
        for part in _parts_as_codes(line):
            each = part["quantity"]
            yield line["sku_id"], part["element_id"], place * each, (place + 1) * each, len(pieces) * each


def _pieces_of_sku(lines: Iterable[Line], sku_id: str) -> list[Place]:
    """Lines of one SKU share its codes."""
    of_sku = sorted((line["line_no"], line["quantity"]) for line in lines if line["sku_id"] == sku_id)
    return [(line_no, number + 1) for line_no, quantity in of_sku for number in range(quantity)]


def _parts_as_codes(line: Line) -> Iterator[Mapping[str, Any]]:
    return (part for part in line["parts"] if part["delivery"] == contract.CODE)
