"""Choosing goods for the story from what the shop offers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from deploy.demo.shop import Shop, StoryBroken

PAGE = 100


@dataclass(frozen=True)
class Choice:
    """One variant of one item at one of its prices."""

    goods: dict[str, Any]
    sku_id: str
    price: dict[str, Any]

    def basket(self, quantity: int = 1) -> dict[str, Any]:
        return {"sku_id": self.sku_id, "quantity": quantity, "price_id": self.price["price_id"]}


def choose(
    shop: Shop, kind: str, fits: Callable[[dict[str, Any]], bool], not_of: dict[str, Any] | None = None
) -> Choice:
    """The first item of ``kind`` that anybody may have, is in stock and not still to come, has a price that ``fits``,
    and is of another merchant than ``not_of``."""
    for card in _cards(shop):
        if card["kind"] != kind or card["least_tier"] != "registered":
            continue
        goods = shop.get(f"/v1/goods/{card['goods_id']}")
        if goods["merchant"] == not_of:
            continue
        for sku in goods["skus"]:
            for price in sku["prices"]:
                if sku["in_stock"] > 0 and not sku["presale"] and fits(price):
                    return Choice(goods, sku["sku_id"], price)
    raise StoryBroken(f"the shop has no {kind} goods that fit the story")


def points_alone(price: dict[str, Any]) -> bool:
    return not price["cash_fen"] and not price["coins"]


def choose_named(shop: Shop, name_en: str, fits: Callable[[dict[str, Any]], bool] = points_alone) -> Choice:
    """The first variant, at a price that ``fits``, of the goods of this name."""
    for card in _cards(shop):
        if card["name_en"] != name_en:
            continue
        goods = shop.get(f"/v1/goods/{card['goods_id']}")
        for sku in goods["skus"]:
            for price in sku["prices"]:
                if fits(price):
                    return Choice(goods, sku["sku_id"], price)
    raise StoryBroken(f"the shop has no goods named {name_en} at such a price")


def points_only(least: int, most: int) -> Callable[[dict[str, Any]], bool]:
    return lambda price: points_alone(price) and least <= price["points"] <= most


def points_and_cash(most_points: int) -> Callable[[dict[str, Any]], bool]:
    return lambda price: price["cash_fen"] > 0 and not price["coins"] and 0 < price["points"] <= most_points


def _cards(shop: Shop) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        query = {"limit": PAGE, "sort": "points_low", **({"cursor": cursor} if cursor else {})}
        page = shop.get("/v1/goods", **query)
        yield from page["goods"]
        cursor = page["next_cursor"]
        if not cursor:
            return
