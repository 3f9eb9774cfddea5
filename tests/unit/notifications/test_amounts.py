"""Numbers as members read them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.amounts import grouped, grouped_yuan, moment, price

whole = st.integers(0, 2**53)


@given(whole)
def test_grouping_keeps_every_digit_and_groups_by_three(number):
    text = grouped(number)
    assert int(text.replace(",", "")) == number
    head, *groups = text.split(",")
    assert 1 <= len(head) <= 3
    assert all(len(group) == 3 for group in groups)


@given(whole)
def test_yuan_keeps_every_fen(fen):
    text = grouped_yuan(fen)
    whole_yuan, cents = text.split(".")
    assert len(cents) == 2
    assert int(whole_yuan.replace(",", "")) * 100 + int(cents) == fen


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (5, "0.05"), (990, "9.90"), (123_456_789, "1,234,567.89"), (-100_000, "-1,000.00")]
)
def test_yuan(fen, text):
    assert grouped_yuan(fen) == text


@pytest.mark.parametrize(
    ("points", "coins", "cash_fen", "language", "text"),
    [
        (1200, 0, 990, "zh", "1,200积分加9.90元"),
        (1200, 0, 0, "zh", "1,200积分"),
        (0, 0, 990, "zh", "9.90元"),
        (0, 0, 0, "zh", "0积分"),
        (0, 30, 0, "zh", "30商城币"),
        (1200, 0, 990, "en", "1,200 points + CNY 9.90"),
        (1200, 30, 990, "en", "1,200 points + 30 mall coins + CNY 9.90"),
    ],
)
def test_a_price_leaves_out_the_parts_that_are_zero(points, coins, cash_fen, language, text):
    assert price(points, coins, cash_fen, language) == text


def test_a_moment_is_told_in_the_time_of_china():
    instant = datetime(2026, 12, 31, 16, 5, tzinfo=UTC)
    assert moment(instant, "zh") == "1月1日 00:05"
    assert moment(instant, "en") == "1 Jan 00:05"
