"""What a basket costs: a snapshot of goods, prices and tiers at one instant."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.catalog.contract import GOODS_NOT_ON_SALE, GOODS_UNKNOWN, PRICE_UNKNOWN, TIER_TOO_LOW, TIERS
from services.catalog.domain.composition import Part
from services.chassis.refusal import Refused

LONGEST_NAME = 200


@dataclass(frozen=True)
class Offer:
    """A SKU as it is offered now; ``prices`` maps price ids to (points, cash_fen).

    ``least_tier`` admits to the goods and to all its elements.
    """

    sku_id: str
    goods_id: str
    merchant_id: str
    kind: str
    name_zh: str
    name_en: str
    least_tier: str
    on_sale_from: datetime
    on_sale_until: datetime | None
    retired_at: datetime | None
    parts: list[Part]
    prices: dict[str, tuple[int, int]]

    def is_on_sale(self, now: datetime) -> bool:
        ended = self.on_sale_until is not None and self.on_sale_until <= now
        return self.on_sale_from <= now and not ended and self.retired_at is None


def admits(least_tier: str, member_tier: str) -> bool:
    return TIERS.index(member_tier) >= TIERS.index(least_tier)


def highest(tiers: Iterable[str]) -> str:
    return max(tiers, key=TIERS.index)


def quote(
    lines: Sequence[Mapping[str, Any]], offers: Mapping[str, Offer], member_tier: str, now: datetime
) -> dict[str, Any]:
    """{lines, points, cash_fen} in the order asked; a refusal names every line that has the problem."""

    def refuse(code: str, message: str, is_wrong: Callable[[Mapping[str, Any]], bool]) -> None:
        if wrong := [line["sku_id"] for line in lines if is_wrong(line)]:
            raise Refused(code, message, sku_ids=sorted(set(wrong)))

    def offer(line: Mapping[str, Any]) -> Offer:
        return offers[line["sku_id"]]

    refuse(GOODS_UNKNOWN, "no such SKU", lambda line: line["sku_id"] not in offers)
    refuse(GOODS_NOT_ON_SALE, "not on sale now", lambda line: not offer(line).is_on_sale(now))
    refuse(TIER_TOO_LOW, "for higher tiers", lambda line: not admits(offer(line).least_tier, member_tier))
    refuse(PRICE_UNKNOWN, "not a price of this SKU now", lambda line: line["price_id"] not in offer(line).prices)
    quoted = [_quoted(line, offer(line)) for line in lines]
    return {
        "lines": quoted,
        "points": sum(line["points"] for line in quoted),
        "cash_fen": sum(line["cash_fen"] for line in quoted),
    }


def full_name(name: str, variant: str) -> str:
    return f"{name} {variant}".strip()[:LONGEST_NAME]


def _quoted(line: Mapping[str, Any], offer: Offer) -> dict[str, Any]:
    points, cash_fen = offer.prices[line["price_id"]]
    return {
        "sku_id": offer.sku_id,
        "goods_id": offer.goods_id,
        "merchant_id": offer.merchant_id,
        "price_id": line["price_id"],
        "kind": offer.kind,
        "name_zh": offer.name_zh,
        "name_en": offer.name_en,
        "quantity": line["quantity"],
        "unit_points": points,
        "unit_cash_fen": cash_fen,
        "points": points * line["quantity"],
        "cash_fen": cash_fen * line["quantity"],
        "parts": [vars(part) for part in offer.parts],
    }
