"""Which tier points earn, under any rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.members import contract
from services.members.domain.tiers import RANKS, tier_after, tier_earned

USUAL = {"registered": 0, "blue": 5000, "gold": 10_000, "red": 20_000}
points = st.integers(0, 10**9)
tiers = st.sampled_from(RANKS)
rules = st.dictionaries(tiers, points)
rising = st.lists(points, min_size=3, max_size=3, unique=True).map(
    lambda least: dict(zip(RANKS, [0, *sorted(least)], strict=True))
)


@pytest.mark.parametrize(
    ("earned", "tier"),
    [
        (0, "registered"),
        (4999, "registered"),
        (5000, "blue"),
        (9999, "blue"),
        (10_000, "gold"),
        (19_999, "gold"),
        (20_000, "red"),
        (10**12, "red"),
    ],
)
def test_the_usual_thresholds(earned, tier):
    assert tier_earned(earned, USUAL) == tier


def test_ranks_are_those_of_the_contract_in_order():
    assert RANKS == contract.TIERS


@given(tiers, points, rules)
def test_points_never_lower_a_tier(current, earned, thresholds):
    assert RANKS.index(tier_after(current, earned, thresholds)) >= RANKS.index(current)


@given(points, points, rules)
def test_more_points_never_earn_less(one, other, thresholds):
    low, high = sorted((one, other))
    assert RANKS.index(tier_earned(low, thresholds)) <= RANKS.index(tier_earned(high, thresholds))


@given(points, rising)
def test_a_tier_is_earned_exactly_when_its_threshold_is_reached(earned, thresholds):
    place = RANKS.index(tier_earned(earned, thresholds))
    assert [thresholds[tier] <= earned for tier in RANKS] == [rank <= place for rank in range(len(RANKS))]


@given(tiers, st.lists(st.integers(1, 10_000), max_size=20), rising)
def test_postings_one_by_one_or_at_once_lead_to_the_same_tier(current, postings, thresholds):
    stepwise, total = current, 0
    for posting in postings:
        total += posting
        stepwise = tier_after(stepwise, total, thresholds)
    assert stepwise == (tier_after(current, total, thresholds) if postings else current)


@given(points)
def test_without_rules_nobody_rises(earned):
    assert tier_earned(earned, {}) == "registered"
