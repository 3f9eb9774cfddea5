"""Whether the points of prices that are brought in are worth what points are worth here."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.catalog.contract import VALUE_OUTSIDE_BAND
from services.catalog.domain.imports import price_terms
from services.catalog.domain.prices import PriceTerm
from services.catalog.domain.value import market_value, outside
from services.catalog.storage.compositions import composed_of
from services.catalog.storage.values import band_in_force, prices_in_force, put_band, values_accepted
from services.chassis.data.work import Work
from services.chassis.refusal import Refused

Prices = list[dict[str, Any]]


def values_outside(work: Work, goods: Sequence[Mapping[str, Any]]) -> Prices:
    """Prices of goods that have just been brought in whose points are worth too little or too much here."""
    return _outside(work, price_terms(goods))


def offered_values_outside(work: Work) -> Prices:
    """The same of all that is offered now: market values and bands change after goods were brought in."""
    return _outside(work, prices_in_force(work))


def _outside(work: Work, terms: Sequence[PriceTerm]) -> Prices:
    if not terms:
        return []
    worth = {sku_id: market_value(parts) for sku_id, parts in composed_of(work, {t.sku_id for t in terms}).items()}
    accepted = values_accepted(work, {term.price_id for term in terms})
    return outside(band_in_force(work), worth, terms, accepted)


def refuse_values(work: Work, prices: Prices) -> None:
    """What nobody has explained to a second person is not on offer."""
    if prices:
        band = vars(band_in_force(work))
        raise Refused(VALUE_OUTSIDE_BAND, "points would be worth too little or too much", prices=prices, band=band)


def set_value_band(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``request``: {least, most, effective_from}: fen for a thousand points, from an instant to come (None: from now).
    It decides what is brought in from then on; prices that there are stay."""
    starting = request["effective_from"] or work.now
    row = {"least": request["least"], "most": request["most"], "effective_from": starting, "actor": work.context.actor}
    if starting < work.now or row["least"] > row["most"] or not put_band(work, row):
        raise Refused(VALUE_OUTSIDE_BAND, "a band is from least to most, from an instant to come, decided once")
    return row
