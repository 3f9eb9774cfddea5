"""Each line of a cart by itself: one that is wrong does not spoil the others."""

from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import GOODS_NOT_ON_SALE, GOODS_UNKNOWN, LIMIT_REACHED, QUOTA_REACHED, STOCK_INSUFFICIENT
from services.catalog.domain.checking import checked
from services.catalog.domain.limits import Limit, pieces_left
from services.catalog.domain.prices import Member
from services.catalog.domain.quoting import quote
from tests.unit.catalog.test_quoting import line, offer

EVERYBODY = Member("registered")


def check(quantity=1, offered=None, stock=5, left=None):
    allowed = {} if left is None else {"s": left}
    return checked(line(quantity), offered or offer(), EVERYBODY, {"s": stock}, allowed)


def test_what_can_be_had_costs_what_a_quote_says():
    told = check(3)
    assert (told["why_not"], told["at_most"]) == (None, 5)
    assert told["quoted"] == quote([line(3)], {"s": offer()}, EVERYBODY)["lines"][0]


def test_what_is_not_offered_says_why_and_costs_nothing():
    assert check(offered=offer(is_on_sale=False))["why_not"] == GOODS_NOT_ON_SALE
    told = checked(line(), None, EVERYBODY, {}, {})
    assert (told["why_not"], told["at_most"], told["quoted"]) == (GOODS_UNKNOWN, None, None)


@given(quantity=st.integers(1, 99), stock=st.integers(0, 120), left=st.none() | st.integers(0, 120))
def test_nobody_is_told_that_more_can_be_had_than_stock_and_limits_allow(quantity, stock, left):
    told = check(quantity, stock=stock, left=left)
    assert told["at_most"] == (stock if left is None else min(stock, left))
    assert (told["why_not"] is None) == (quantity <= told["at_most"])
    if left is not None and quantity > left:
        assert told["why_not"] == LIMIT_REACHED
    elif quantity > stock:
        assert told["why_not"] == STOCK_INSUFFICIENT


@given(
    most=st.integers(0, 50), used=st.integers(0, 60), of_a_piece=st.integers(1, 9), other=st.none() | st.integers(0, 50)
)
def test_pieces_left_are_as_many_as_fit_and_one_more_does_not(most, used, of_a_piece, other):
    limits = [Limit("a", "e", "day", most)] + ([] if other is None else [Limit("b", "s", "ever", other)])
    left = pieces_left(limits, {"e": of_a_piece, "s": 1}, {"a": used})
    fits = [n for n in range(60) if used + n * of_a_piece <= most and (other is None or n <= other)]
    assert left == max(fits, default=0)


def test_what_nothing_limits_has_no_number():
    assert pieces_left([Limit("a", "else", "day", 2)], {"s": 1}, {}) is None


def test_of_what_is_sold_before_it_is_there_the_quota_counts():
    sold_before = offer(presale={"presale_id": "psl", "ends_at": None, "ships_from": "2027-01-01", "left": 3})
    assert (check(3, sold_before, stock=0)["why_not"], check(3, sold_before, stock=0)["at_most"]) == (None, 3)
    assert check(4, sold_before, stock=9)["why_not"] == QUOTA_REACHED
