"""What a basket costs: a snapshot of goods, prices and tiers at one instant."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from services.catalog.contract import (
    GOODS_NOT_ON_SALE,
    GOODS_UNKNOWN,
    LARGEST_BULK,
    LARGEST_QUANTITY,
    PRICE_NOT_FOR_MEMBER,
    PRICE_UNKNOWN,
    QUANTITY_TOO_LARGE,
    SEGMENT_NEEDED,
    TIER_TOO_LOW,
    TIERS,
)
from services.catalog.domain.bulk import BulkOffer
from services.catalog.domain.composition import Part
from services.catalog.domain.prices import Member, Offered, PriceTerm, offered_to
from services.catalog.domain.value import value_of_points
from services.chassis.refusal import Refused

LONGEST_NAME = 200
UNITS = ("points", "cash_fen", "coins")
NONE: Mapping[str, PriceTerm] = MappingProxyType({})


@dataclass(frozen=True)
class Offer:
    """A SKU as it is offered now. ``least_tier`` admits to the goods and to all its elements, ``segment`` (None: all)
    to the goods. ``presale``: the contract's PresaleOffer, if it is sold now before it is there. ``bulk``: if large
    numbers of it are sold now."""

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
    bulk: BulkOffer | None = None

    def sells_in_bulk(self, line: Mapping[str, Any], member: Member) -> BulkOffer | None:
        """The bulk offer, if the line is sold by it to this member."""
        return self.bulk if self.bulk and self.bulk.is_for(member, line["quantity"]) else None

    def most(self, line: Mapping[str, Any], member: Member) -> int:
        bulk = self.sells_in_bulk(line, member)
        return bulk.most if bulk else LARGEST_QUANTITY


def highest(tiers: Iterable[str]) -> str:
    return max(tiers, key=TIERS.index)


Line = Mapping[str, Any]


# What may be wrong with a line, in the order in which it is told; each sees the line, its offer and who asks.
_WRONG: tuple[tuple[str, str, Callable[[Line, Offer, Member], bool]], ...] = (
    (GOODS_NOT_ON_SALE, "not on sale now", lambda line, offer, member: not offer.is_on_sale),
    (TIER_TOO_LOW, "for higher tiers", lambda line, offer, member: not member.reaches(offer.least_tier)),
    (SEGMENT_NEEDED, "for a segment", lambda line, offer, member: not member.is_in(offer.segment)),
    (PRICE_UNKNOWN, "not a price of this SKU now", lambda line, offer, member: not _terms_of(line, offer)),
    (
        QUANTITY_TOO_LARGE,
        "so many pieces are not sold",
        lambda line, offer, member: line["quantity"] > offer.most(line, member),
    ),
    (PRICE_NOT_FOR_MEMBER, "for other members", lambda line, offer, member: not _chosen(line, offer, member)),
)
_TOLD = {GOODS_UNKNOWN: "no such SKU", **{code: message for code, message, _ in _WRONG}}


def why_refused(line: Line, offer: Offer | None, member: Member) -> str | None:
    """The code of what is wrong with the line; None if it can be quoted."""
    if offer is None:
        return GOODS_UNKNOWN
    return next((code for code, _, is_wrong in _WRONG if is_wrong(line, offer, member)), None)


def quote(
    lines: Sequence[Line], offers: Mapping[str, Offer], member: Member, ticket_prices: Mapping[str, PriceTerm] = NONE
) -> dict[str, Any]:
    """The contract's QuotedLines in the order asked; a refusal names every line that has the problem.
    ``ticket_prices``: what flash sales ask, by ticket."""
    offered = [_with_ticket(line, offers.get(line["sku_id"]), ticket_prices) for line in lines]
    wrong = [(line["sku_id"], why_refused(line, offer, member)) for line, offer in zip(lines, offered, strict=True)]
    for code, message in _TOLD.items():
        if of_these := sorted({sku_id for sku_id, why in wrong if why == code}):
            raise Refused(code, message, sku_ids=of_these)
    _check_bulk([line for line in lines if not line.get("ticket_id")], offers, member)
    quoted = [_quoted(line, offer, member) for line, offer in zip(lines, offered, strict=True) if offer]
    return {"lines": quoted, **{unit: sum(line[unit] for line in quoted) for unit in UNITS}}


def _with_ticket(line: Line, offer: Offer | None, ticket_prices: Mapping[str, PriceTerm]) -> Offer | None:
    """A piece of a flash sale is there, is one, and has one price."""
    term = ticket_prices.get(line.get("ticket_id") or "")
    return replace(offer, prices=[term], presale=None, bulk=None) if offer and term else offer


def _check_bulk(lines: Sequence[Line], offers: Mapping[str, Offer], member: Member) -> None:
    """What several lines of a SKU, and all of them together, may come to in one order."""
    pieces: Counter[str] = Counter()
    for line in lines:
        if offers[line["sku_id"]].sells_in_bulk(line, member):
            pieces[line["sku_id"]] += line["quantity"]
    beyond = [sku_id for sku_id, many in pieces.items() if (bulk := offers[sku_id].bulk) and many > bulk.most]
    if beyond or pieces.total() > LARGEST_BULK:
        raise Refused(QUANTITY_TOO_LARGE, "so many pieces are not sold at once", sku_ids=sorted(beyond or pieces))


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


def _priced(line: Line, offer: Offer, offered: Offered, bulk: BulkOffer | None) -> dict[str, Any]:
    [term] = [term for term in offered.choices if term.price_id == line["price_id"]]
    term = bulk.priced(term, line["quantity"]) if bulk else term
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
    bulk = offer.sells_in_bulk(line, member)
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
        "bulk": bulk is not None,
        "ticket_id": line.get("ticket_id"),
        **_priced(line, offer, offered_to(member, offer.prices), bulk),
    }
