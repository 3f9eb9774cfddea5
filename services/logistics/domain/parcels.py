"""From the lines of an order to the parcels that carry them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Parcel:
    """What one merchant sends for one order; ``lines``: [{"line_no", "name_zh", "quantity"}]."""

    merchant_id: str
    lines: tuple[dict[str, Any], ...]


def parcels_of(lines: Iterable[dict[str, Any]]) -> list[Parcel]:
    """One parcel a merchant, in order of first appearance; virtual goods are not carried."""
    by_merchant: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        if line["kind"] == "physical":
            by_merchant.setdefault(line["merchant_id"], []).append(_content(line))
    return [Parcel(merchant, tuple(contents)) for merchant, contents in by_merchant.items()]


def _content(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("line_no", "name_zh", "quantity")}
