"""What a cart shows: totals, changed prices, and lines that cannot be had."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.orders.domain.cart import COSTS, checked_cart

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
AMOUNTS = st.integers(0, 10**6)


def row(number=1, **changes):
    stored = {
        "sku_id": f"s{number}", "price_id": f"p{number}", "goods_id": f"g{number}", "merchant_id": "m",
        "name_zh": "杯", "name_en": "cup", "quantity": 1, "is_chosen": True, "version": number,
        "seen_points": 5, "seen_coins": 0, "seen_cash_fen": 0, "put_at": NOON, "changed_at": NOON,
    }  # fmt: skip
    return {**stored, **changes}


def found(of, points=5, coins=0, cash_fen=0, why_not=None, **changes):
    unit = {"unit_points": points, "unit_coins": coins, "unit_cash_fen": cash_fen}
    whole = {name.removeprefix("unit_"): price * of["quantity"] for name, price in unit.items()}
    named = {name: of[name] for name in ("sku_id", "price_id", "goods_id", "merchant_id", "quantity")}
    quoted = {**named, "name_zh": "新杯", "name_en": "new cup", **unit, **whole}
    return {"why_not": why_not, "at_most": 9, "quoted": quoted, **changes}


@st.composite
def carts(draw):
    rows, checked = [], []
    for number in range(draw(st.integers(0, 8))):
        one = row(
            number,
            merchant_id=draw(st.sampled_from("ab")),
            quantity=draw(st.integers(1, 99)),
            is_chosen=draw(st.booleans()),
        )
        rows.append(one)
        why_not = draw(st.sampled_from([None, "stock.insufficient"]))
        checked.append(found(one, draw(AMOUNTS), draw(AMOUNTS), draw(AMOUNTS), why_not))
    return rows, checked


@given(carts())
def test_every_line_is_shown_once_and_totals_are_of_what_is_chosen_and_can_be_had(cart):
    rows, checked = cart
    shown = checked_cart(rows, checked, 7)
    lines = [line for merchant in shown["merchants"] for line in merchant["lines"]]
    assert sorted(line["sku_id"] for line in lines) == sorted(one["sku_id"] for one in rows)
    assert len({merchant["merchant_id"] for merchant in shown["merchants"]}) == len(shown["merchants"])
    bought = [one["quoted"] for of, one in zip(rows, checked, strict=True) if of["is_chosen"] and not one["why_not"]]
    for unit in COSTS:
        total = sum(line[unit] for line in bought)
        assert shown[unit] == sum(merchant[unit] for merchant in shown["merchants"]) == total


def test_merchants_come_in_the_order_in_which_their_first_line_was_put_in():
    rows = [row(1, merchant_id="b"), row(2, merchant_id="a"), row(3, merchant_id="b")]
    shown = checked_cart(rows, [found(one) for one in rows], 1)
    named = [(one["merchant_id"], [line["sku_id"] for line in one["lines"]]) for one in shown["merchants"]]
    assert named == [("b", ["s1", "s3"]), ("a", ["s2"])]


def test_a_price_that_changed_since_is_said_and_the_new_one_counts():
    [line] = checked_cart([row(quantity=2)], [found(row(quantity=2), points=6)], 1)["merchants"][0]["lines"]
    assert line["is_price_changed"] and line["seen"]["points"] == 5 and line["costs"]["points"] == 6
    assert line["name_zh"] == "新杯"
    assert line["explained"]["points"] == 12
    [same] = checked_cart([row()], [found(row())], 1)["merchants"][0]["lines"]
    assert not same["is_price_changed"]


def test_what_is_gone_keeps_the_name_under_which_it_was_put_in_and_costs_nothing():
    gone = {"why_not": "goods.not_on_sale", "at_most": None, "quoted": None}
    shown = checked_cart([row()], [gone], 1)
    [line] = shown["merchants"][0]["lines"]
    assert (line["name_zh"], line["costs"], line["explained"], line["is_price_changed"]) == ("杯", None, None, False)
    assert [shown[unit] for unit in COSTS] == [0, 0, 0]
