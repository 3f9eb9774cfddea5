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


def quote(lines: Sequence[Mapping[str, Any]], offers: Mapping[str, Offer], member: Member) -> dict[str, Any]:
    """The contract's QuotedLines in the order asked; a refusal names every line that has the problem."""

    def refuse(code: str, message: str, is_wrong: Callable[[Mapping[str, Any]], bool]) -> None:
        if wrong := [line["sku_id"] for line in lines if is_wrong(line)]:
            raise Refused(code, message, sku_ids=sorted(set(wrong)))

    def offer(line: Mapping[str, Any]) -> Offer:
        return offers[line["sku_id"]]

    refuse(GOODS_UNKNOWN, "no such SKU", lambda line: line["sku_id"] not in offers)
    refuse(GOODS_NOT_ON_SALE, "not on sale now", lambda line: not offer(line).is_on_sale)
    refuse(TIER_TOO_LOW, "for higher tiers", lambda line: not member.reaches(offer(line).least_tier))
    refuse(SEGMENT_NEEDED, "for a segment", lambda line: not member.is_in(offer(line).segment))
    refuse(PRICE_UNKNOWN, "not a price of this SKU now", lambda line: not _terms_of(line, offer(line)))
    offered = {sku_id: offered_to(member, one.prices) for sku_id, one in offers.items()}
    refuse(PRICE_NOT_FOR_MEMBER, "for other members", lambda line: not _chosen(line, offered[line["sku_id"]]))
    quoted = [_quoted(line, offer(line), offered[line["sku_id"]]) for line in lines]
    return {"lines": quoted, **{unit: sum(line[unit] for line in quoted) for unit in UNITS}}


def prices_shown(offered: Offered, market_value_fen: int | None) -> dict[str, Any]:
    """{prices, other_prices} as the contract has them, each with what points are worth in it."""
    others = [{**_shown(term, market_value_fen), "why_not": why_not} for term, why_not in offered.others]
    return {"prices": [_shown(term, market_value_fen) for term in offered.choices], "other_prices": others}


def full_name(name: str, variant: str) -> str:
    return f"{name} {variant}".strip()[:LONGEST_NAME]


def _terms_of(line: Mapping[str, Any], offer: Offer) -> list[PriceTerm]:
    return [term for term in offer.prices if term.price_id == line["price_id"]]


def _chosen(line: Mapping[str, Any], offered: Offered) -> PriceTerm | None:
    return next((term for term in offered.choices if term.price_id == line["price_id"]), None)


def _shown(term: PriceTerm, market_value_fen: int | None) -> dict[str, Any]:
    said = {name: value for name, value in vars(term).items() if name != "sku_id"}
    return {**said, "value_per_1000_points_fen": value_of_points(market_value_fen, term)}


def _priced(line: Mapping[str, Any], offer: Offer, offered: Offered) -> dict[str, Any]:
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


def _quoted(line: Mapping[str, Any], offer: Offer, offered: Offered) -> dict[str, Any]:
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
        **_priced(line, offer, offered),
    }
