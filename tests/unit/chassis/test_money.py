"""Whole amounts: shared without loss, written and read without rounding."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.money import fen_from_yuan, split_by_weight, yuan

TOTALS = st.integers(0, 10**15)
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=60).filter(any)


@given(TOTALS, WEIGHTS)
def test_parts_sum_to_the_total_exactly(total: int, weights: list[int]) -> None:
    parts = split_by_weight(total, weights)
    assert sum(parts) == total
    assert len(parts) == len(weights)


@given(TOTALS, WEIGHTS)
def test_every_part_is_its_exact_share_rounded_up_or_down(total: int, weights: list[int]) -> None:
    whole = sum(weights)
    for part, weight in zip(split_by_weight(total, weights), weights, strict=True):
        assert total * weight // whole <= part <= -(-total * weight // whole)


@given(TOTALS, WEIGHTS)
def test_who_weighs_more_never_gets_less(total: int, weights: list[int]) -> None:
    pairs = sorted(zip(weights, split_by_weight(total, weights), strict=True))
    for (lighter, less), (heavier, more) in pairwise(pairs):
        assert lighter == heavier or less <= more


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (1, [1, 1], [1, 0]),
        (10, [0, 5, 0], [0, 10, 0]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
        (7, [7], [7]),
        (5, [3, 2, 2], [2, 2, 1]),
    ],
)
def test_the_rest_goes_to_the_largest_remainders_first_come_first(total: int, weights: list[int], parts: list) -> None:
    assert split_by_weight(total, weights) == parts


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, [-1, 2]), (1, [0, 0]), (1, [])])
def test_what_cannot_be_shared_is_refused(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"negative|nothing to share"):
        split_by_weight(total, weights)


@given(st.integers(0, 10**15))
def test_yuan_are_read_as_they_were_written(fen: int) -> None:
    assert fen_from_yuan(yuan(fen)) == fen


@pytest.mark.parametrize(("fen", "text"), [(0, "0.00"), (5, "0.05"), (1234, "12.34"), (-5, "-0.05"), (-1234, "-12.34")])
def test_fen_are_written_as_yuan(fen: int, text: str) -> None:
    assert yuan(fen) == text


@pytest.mark.parametrize(("text", "fen"), [("12", 1200), ("12.3", 1230), ("0.01", 1), (" 7.00 ", 700), ("007", 700)])
def test_yuan_are_read(text: str, fen: int) -> None:
    assert fen_from_yuan(text) == fen


NO_AMOUNTS = ["", ".5", "-1", "+1", "1.234", "1,00", "1e2", "NaN", "１２", "1.٢", "1. 2", "1_0", "0x1"]
NO_AMOUNTS += ["9" * 16]


@pytest.mark.parametrize("text", NO_AMOUNTS)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        fen_from_yuan(text)
