"""Which goods the measured orders ask for."""

from typing import Any

import pytest

from tests.load.basket import order_of, two_physical_lines
from tests.load.failures import BenchFailed


def card(goods_id: str, merchant: str, kind: str = "physical", tier: str = "registered") -> dict[str, Any]:
    return {"goods_id": goods_id, "merchant": {"merchant_id": merchant}, "kind": kind, "least_tier": tier}


def goods_of(goods_id: str) -> dict[str, Any]:
    """``cash…`` and ``coin…`` cannot be had for points alone; ``box…`` is made of two things, ``later…`` to come."""
    cash, coins = (100 * goods_id.startswith(word) for word in ("cash", "coin"))
    prices = [{"price_id": f"prc-{goods_id}", "points": 300, "cash_fen": cash, "coins": coins}]
    parts = ["case", "phone"] if goods_id.startswith("box") else ["phone"]
    made = {"prices": prices, "parts": parts, "presale": {"left": 1} if goods_id.startswith("later") else None}
    return {"skus": [{"sku_id": f"sku-{goods_id}-{n}", **made} for n in (1, 2)]}


def test_two_goods_of_one_merchant_for_points_alone() -> None:
    cards = [
        card("a", "m1"), card("code", "m2", kind="virtual"), card("gold", "m2", tier="gold"), card("cash", "m2"),
        card("coin", "m2"), card("box", "m2"), card("later", "m2"),
        card("b", "m2"), card("c", "m3"), card("d", "m2"), card("e", "m1"),
    ]  # fmt: skip

    lines = two_physical_lines(cards, goods_of)

    assert [line["sku_id"] for line in lines] == ["sku-b-1", "sku-d-1"]


def test_a_shop_without_such_goods_is_an_error() -> None:
    with pytest.raises(BenchFailed, match="no merchant"):
        two_physical_lines([card("a", "m1"), card("b", "m2")], goods_of)


def test_the_order_expects_what_its_lines_cost() -> None:
    order = order_of(two_physical_lines([card("a", "m"), card("b", "m")], goods_of))

    assert order["expected"] == {"points": 600, "cash_fen": 0}
    assert [(line["sku_id"], line["quantity"]) for line in order["lines"]] == [("sku-a-1", 1), ("sku-b-1", 1)]
