"""What a point is worth in a price: the market value of what is bought, less what is paid in cash and coins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.catalog.domain.prices import PriceTerm

FEN_PER_COIN = 100
POINTS = 1000  # values are fen for so many points: whole numbers are fine enough then
Key = tuple[str, str, str]  # price, tier, segment ("": none)


@dataclass(frozen=True)
class Band:
    """``least`` and ``most`` fen that a thousand points may be worth."""

    least: int
    most: int

    def has(self, value: int) -> bool:
        return self.least <= value <= self.most

    def stretched_to(self, accepted: int | None) -> "Band":
        """So far that it has ``accepted`` too."""
        return self if accepted is None else Band(min(self.least, accepted), max(self.most, accepted))


def market_value(parts: Iterable[Any]) -> int | None:
    """Fen, of a piece; None if nobody knows what one of its elements costs elsewhere."""
    total = 0
    for part in parts:
        if part.market_value_fen is None:
            return None
        total += part.market_value_fen * part.quantity
    return total


def value_of_points(market_value_fen: int | None, term: PriceTerm) -> int | None:
    """Fen for a thousand points, rounded down; None where no points are paid or no market value is known."""
    if market_value_fen is None or not term.points:
        return None
    return (market_value_fen - term.cash_fen - term.coins * FEN_PER_COIN) * POINTS // term.points


def outside(
    band: Band, market_values: Mapping[str, int | None], terms: Iterable[PriceTerm], accepted: Mapping[Key, int]
) -> list[dict[str, Any]]:
    """Prices whose points are worth too little or too much, and more so than was ``accepted``; ``market_values`` of a
    piece by SKU."""
    found = [(term, value_of_points(market_values[term.sku_id], term)) for term in terms]
    return [
        _named(term, value)
        for term, value in found
        if value is not None and not band.stretched_to(accepted.get(_key(term))).has(value)
    ]


def _key(term: PriceTerm) -> Key:
    return term.price_id, term.least_tier, term.segment or ""


def _named(term: PriceTerm, value: int) -> dict[str, Any]:
    whose = {name: getattr(term, name) for name in ("price_id", "sku_id", "least_tier", "segment")}
    return {**whose, "value_per_1000_points_fen": value}
