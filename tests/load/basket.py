"""The basket of every order that is measured: two goods of one merchant, for points alone."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from deploy.demo.redemptions import ADDRESS
from tests.load.failures import BenchFailed

Goods = dict[str, Any]


def two_physical_lines(cards: Iterable[Goods], goods_of: Callable[[str], Goods]) -> list[dict[str, Any]]:
    """Two goods of one merchant that anybody may have for points alone: an order of one parcel."""
    found: dict[str, list[dict[str, Any]]] = {}
    for card in cards:
        if card["kind"] != "physical" or card["least_tier"] != "registered":
            continue
        of_merchant = found.setdefault(card["merchant"]["merchant_id"], [])
        of_merchant += _lines_for_points(goods_of(card["goods_id"]))[:1]
        if len(of_merchant) == 2:
            return of_merchant
    raise BenchFailed("the shop has no merchant with two physical goods for points alone")


def _lines_for_points(goods: Goods) -> list[dict[str, Any]]:
    """Of what is there and made of one thing alone, so that more of it can be brought in."""
    return [
        {"sku_id": sku["sku_id"], "price_id": price["price_id"], "points": price["points"]}
        for sku in goods["skus"]
        for price in sku["prices"]
        if not (price["cash_fen"] or price["coins"] or sku["presale"]) and len(sku["parts"]) == 1
    ]


def order_of(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The order as the HTTP API takes it: one piece of each line."""
    return {
        "lines": [{"sku_id": line["sku_id"], "price_id": line["price_id"], "quantity": 1} for line in lines],
        "expected": {"points": sum(line["points"] for line in lines), "cash_fen": 0},
        "channel": "web",
        "delivery_address": ADDRESS,
    }


def order_body(lines: Sequence[dict[str, Any]]) -> bytes:
    return json.dumps(order_of(lines), ensure_ascii=False).encode()
