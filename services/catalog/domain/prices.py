"""What an import changes in the prices of SKUs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PriceTerm:
    """One way to pay for a SKU, as it stands or shall stand."""

    price_id: str
    sku_id: str
    points: int
    cash_fen: int


@dataclass(frozen=True)
class PriceChanges:
    closed: list[str]
    opened: list[PriceTerm]


def price_changes(open_terms: Mapping[str, PriceTerm], wanted: Iterable[PriceTerm]) -> PriceChanges:
    """Price ids whose open term ends, and the terms that begin; what stays the same is in neither."""
    wished = {term.price_id: term for term in wanted}
    closed = [price_id for price_id, term in open_terms.items() if wished.get(price_id) != term]
    opened = [term for price_id, term in wished.items() if open_terms.get(price_id) != term]
    return PriceChanges(sorted(closed), sorted(opened, key=lambda term: term.price_id))
