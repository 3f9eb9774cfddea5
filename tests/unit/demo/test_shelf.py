"""What the story takes from the shelf is paid as the story says."""

import pytest

from deploy.demo.shelf import points_alone, points_and_cash, points_only

COINS = {"points": 300, "cash_fen": 0, "coins": 2}
POINTS = {"points": 300, "cash_fen": 0, "coins": 0}
CASH = {"points": 300, "cash_fen": 100, "coins": 0}


@pytest.mark.parametrize(("fits", "taken"), [(points_only(1, 900), POINTS), (points_alone, POINTS)])
def test_points_only_are_points_without_cash_and_without_coins(fits, taken):
    assert [price for price in (COINS, POINTS, CASH) if fits(price)] == [taken]


def test_points_and_cash_are_taken_without_coins():
    fits = points_and_cash(900)
    assert [price for price in ({**CASH, "coins": 2}, POINTS, CASH) if fits(price)] == [CASH]
