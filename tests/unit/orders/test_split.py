"""The best split: as good as trying everything, never beyond what there is, the same every time."""

from itertools import product
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.orders.domain.split import SPARED_FIRST, UNITS, Wish, best_split, wish_of

amounts = st.integers(0, 6)
costs = st.tuples(amounts, amounts, amounts)
ways = st.lists(costs, min_size=1, max_size=3).map(lambda found: tuple((f"p{n}", cost) for n, cost in enumerate(found)))
baskets = st.lists(st.tuples(st.integers(1, 3), ways), min_size=1, max_size=3).map(
    lambda found: [Wish(f"sku-{place}", quantity, ways) for place, (quantity, ways) in enumerate(found)]
)
orders = st.permutations(SPARED_FIRST)


def cheapest_of_all(basket, points, coins, spared_first):
    """The cost, by trying every way of every piece."""
    pieces = [wish.ways for wish in basket for _ in range(wish.quantity)]
    totals = [tuple(map(sum, zip(*(cost for _, cost in chosen), strict=True))) for chosen in product(*pieces)]
    possible = [total for total in totals if total[0] <= points and total[1] <= coins]
    rank = [list(UNITS).index(unit) for unit in spared_first]
    return min(possible, key=lambda total: [total[place] for place in rank], default=None)


@given(basket=baskets, points=st.integers(0, 30), coins=st.integers(0, 30), spared_first=orders)
def test_it_is_as_good_as_trying_everything(basket, points, coins, spared_first):
    split = best_split(basket, points, coins, spared_first)
    expected = cheapest_of_all(basket, points, coins, spared_first)
    assert (split and (split.points, split.coins, split.cash_fen)) == expected
    assert split is None or split.is_best


@given(basket=baskets, points=st.integers(0, 30), coins=st.integers(0, 30))
def test_it_is_a_basket_of_the_same_pieces_that_costs_what_it_says(basket, points, coins):
    split = best_split(basket, points, coins)
    if split is None:
        return
    assert split.points <= points and split.coins <= coins
    cost_of = {(wish.sku_id, price_id): cost for wish in basket for price_id, cost in wish.ways}
    paid = [(line["quantity"], cost_of[line["sku_id"], line["price_id"]]) for line in split.lines]
    total = tuple(sum(many * cost[unit] for many, cost in paid) for unit in range(3))
    assert total == (split.points, split.coins, split.cash_fen)
    for wish in basket:
        pieces = sum(line["quantity"] for line in split.lines if line["sku_id"] == wish.sku_id)
        assert pieces == wish.quantity


@given(basket=baskets, points=st.integers(0, 30), coins=st.integers(0, 30))
def test_it_is_the_same_every_time(basket, points, coins):
    assert best_split(basket, points, coins) == best_split(basket, points, coins)


PHONE = (("points", (29_900, 0, 0)), ("mixed", (9_900, 0, 20_000)), ("cash", (0, 0, 29_900)), ("coins", (0, 299, 0)))


def test_pieces_of_one_line_are_paid_in_different_ways():
    split = best_split([Wish("phone", 3, PHONE)], 45_000, 0)
    assert split.lines == [
        {"sku_id": "phone", "price_id": "points", "quantity": 1},
        {"sku_id": "phone", "price_id": "mixed", "quantity": 1},
        {"sku_id": "phone", "price_id": "cash", "quantity": 1},
    ]
    assert (split.points, split.coins, split.cash_fen) == (39_800, 0, 49_900)


def test_what_the_member_would_rather_keep_is_spared_first():
    def of(*spared_first):
        split = best_split([Wish("phone", 1, PHONE)], 99_999, 999, spared_first)
        return split.lines[0]["price_id"]

    assert of("cash", "coins", "points") == "points"
    assert of("cash", "points", "coins") == "coins"
    assert of("points", "coins", "cash") == "cash"


def test_who_has_too_little_gets_none():
    assert best_split([Wish("ring", 2, (("points", (10, 0, 0)),))], 19, 0) is None


def test_the_largest_basket_is_split_within_bounds_though_perhaps_not_best():
    dice = Random(7)
    ways = [tuple((f"p{n}", tuple(dice.choices(range(10**6), k=3))) for n in range(4)) for _ in range(50)]
    basket = [Wish(f"s{place}", 99, told) for place, told in enumerate(ways)]
    split = best_split(basket, 2 * 10**9, 2 * 10**9)
    assert not split.is_best
    assert sum(line["quantity"] for line in split.lines) == 50 * 99


def test_a_quoted_line_is_a_wish():
    way = {"price_id": "p", "points": 5, "cash_fen": 2, "coins": 1, "least_tier": "gold"}
    line = {"sku_id": "s", "quantity": 2, "choices": [way]}
    assert wish_of(line) == Wish("s", 2, (("p", (5, 1, 2)),))
