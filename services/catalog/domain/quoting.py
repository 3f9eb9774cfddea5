"""What a basket costs: a snapshot of goods, prices and tiers at one instant."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.catalog.contract import (
    GOODS_NOT_ON_SALE,
    GOODS_UNKNOWN,
    PRICE_NOT_FOR_MEMBER,
    PRICE_UNKNOWN,
    SEGMENT_NEEDED,
    TIER_TOO_LOW,
    TIERS,
)
from services.catalog.domain.composition import Part
from services.catalog.domain.prices import Member, Offered, PriceTerm, offered_to
from services.catalog.domain.value import value_of_points
from services.chassis.refusal import Refused

LONGEST_NAME = 200
UNITS = ("points", "cash_fen", "coins")


@dataclass(frozen=True)
class Offer:
    """A SKU as it is offered now. ``least_tier`` admits to the goods and to all its elements, ``segment`` (None: all)
    to the goods. ``presale``: the contract's PresaleOffer, if it is sold now before it is there."""

    sku_id: str
    goods_id: str
    merchant_id: str
    kind: str
    name_zh: str
    name_en: str
    least_tier: str
    segment: str | None
    is_on_sale: bool
    market_value_fen: int | None
    parts: list[Part]
    prices: list[PriceTerm]
    presale: dict[str, Any] | None = None


def highest(tiers: Iterable[str]) -> str:
    return max(tiers, key=TIERS.index)


Line = Mapping[str, Any]
# What may be wrong with a line, in the order in which it is told; each sees the line, its offer and who asks.
_WRONG: tuple[tuple[str, str, Callable[[Line, Offer, Member], bool]], ...] = (
    (GOODS_NOT_ON_SALE, "not on sale now", lambda line, offer, member: not offer.is_on_sale),
    (TIER_TOO_LOW, "for higher tiers", lambda line, offer, member: not member.reaches(offer.least_tier)),
    (SEGMENT_NEEDED, "for a segment", lambda line, offer, member: not member.is_in(offer.segment)),
    (PRICE_UNKNOWN, "not a price of this SKU now", lambda line, offer, member: not _terms_of(line, offer)),
    (PRICE_NOT_FOR_MEMBER, "for other members", lambda line, offer, member: not _chosen(line, offer, member)),
)
_TOLD = {GOODS_UNKNOWN: "no such SKU", **{code: message for code, message, _ in _WRONG}}


def why_refused(line: Line, offer: Offer | None, member: Member) -> str | None:
    """The code of what is wrong with the line; None if it can be quoted."""
    if offer is None:
        return GOODS_UNKNOWN
    return next((code for code, _, is_wrong in _WRONG if is_wrong(line, offer, member)), None)


def quote(lines: Sequence[Line], offers: Mapping[str, Offer], member: Member) -> dict[str, Any]:
    """The contract's QuotedLines in the order asked; a refusal names every line that has the problem."""
    wrong = [(line["sku_id"], why_refused(line, offers.get(line["sku_id"]), member)) for line in lines]
    for code, message in _TOLD.items():
        if of_these := sorted({sku_id for sku_id, why in wrong if why == code}):
            raise Refused(code, message, sku_ids=of_these)
    quoted = [_quoted(line, offers[line["sku_id"]], member) for line in lines]
    return {"lines": quoted, **{unit: sum(line[unit] for line in quoted) for unit in UNITS}}


def prices_shown(offered: Offered, market_value_fen: int | None) -> dict[str, Any]:
    """{prices, other_prices} as the contract has them, each with what points are worth in it."""
    others = [{**_shown(term, market_value_fen), "why_not": why_not} for term, why_not in offered.others]
    return {"prices": [_shown(term, market_value_fen) for term in offered.choices], "other_prices": others}


def full_name(name: str, variant: str) -> str:
    return f"{name} {variant}".strip()[:LONGEST_NAME]


def _terms_of(line: Line, offer: Offer) -> list[PriceTerm]:
    return [term for term in offer.prices if term.price_id == line["price_id"]]


def _chosen(line: Line, offer: Offer, member: Member) -> PriceTerm | None:
    return next((term for term in offered_to(member, offer.prices).choices if term.price_id == line["price_id"]), None)


def _shown(term: PriceTerm, market_value_fen: int | None) -> dict[str, Any]:
    said = {name: value for name, value in vars(term).items() if name != "sku_id"}
    return {**said, "value_per_1000_points_fen": value_of_points(market_value_fen, term)}


def _priced(line: Line, offer: Offer, offered: Offered) -> dict[str, Any]:
    [term] = [term for term in offered.choices if term.price_id == line["price_id"]]
    plain = next((_shown(one, offer.market_value_fen) for one in _terms_of(line, offer) if one.is_for_everybody), None)
    shown = prices_shown(offered, offer.market_value_fen)
    return {
        **{f"unit_{unit}": getattr(term, unit) for unit in UNITS},
        **{unit: getattr(term, unit) * line["quantity"] for unit in UNITS},
        "list_price": plain,
        "choices": shown["prices"],
        "other_prices": shown["other_prices"],
    }


def _quoted(line: Line, offer: Offer, member: Member) -> dict[str, Any]:
    return {
        "sku_id": offer.sku_id,
        "goods_id": offer.goods_id,
        "merchant_id": offer.merchant_id,
        "price_id": line["price_id"],
        "kind": offer.kind,
        "name_zh": offer.name_zh,
        "name_en": offer.name_en,
        "quantity": line["quantity"],
        "parts": [vars(part) for part in offer.parts],
        "presale": offer.presale,
        **_priced(line, offer, offered_to(member, offer.prices)),
    }
