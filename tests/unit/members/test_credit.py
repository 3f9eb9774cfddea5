"""What trades say of a member, in whatever order they are told, and whom cash on delivery is offered to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.members.domain.credit import BAD, GOOD, CreditPolicy, TradeFact, Trades, decide, fold_trades

POLICY = CreditPolicy(frozenset({"red"}), 101, 20, 730, 3, 500_000)
facts = st.lists(st.builds(TradeFact, st.sampled_from("abcdefgh"), st.sampled_from([GOOD, BAD])))
counts = st.integers(0, 5000)


@given(facts, st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_of_facts_fold_alike(told, chance):
    again = [*told, *chance.sample(told, chance.randint(0, len(told)))]
    chance.shuffle(again)
    assert fold_trades(again) == fold_trades(told)


@given(facts)
def test_an_order_counts_once_and_as_bad_if_anything_bad_is_known_of_it(told):
    trades = fold_trades(told)
    assert trades.bad == len({fact.order_id for fact in told if fact.verdict == BAD})
    assert trades.good + trades.bad == len({fact.order_id for fact in told})


@given(counts, counts)
def test_the_score_is_a_percentage_that_good_trades_raise_and_bad_ones_lower(good, bad):
    score = Trades(good, bad).score
    assert 0 <= Trades(good, bad + 1).score <= score <= Trades(good + 1, bad).score <= 100


def test_of_whom_nothing_is_known_the_score_says_nothing():
    assert Trades(0, 0).score == 50


@pytest.mark.parametrize(
    ("state", "tier", "trades", "reasons"),
    [
        ("active", "blue", Trades(101, 0), ("enough_good_trades",)),
        ("active", "red", Trades(0, 0), ("vip_tier",)),
        ("active", "red", Trades(101, 2), ("vip_tier", "enough_good_trades")),
    ],
)
def test_whom_it_is_offered_to(state, tier, trades, reasons):
    decision = decide(POLICY, state, tier, trades)
    assert (decision.is_offered, decision.reasons) == (True, reasons)


@pytest.mark.parametrize(
    ("state", "tier", "trades", "reasons"),
    [
        ("active", "blue", Trades(100, 0), ("too_few_good_trades",)),
        ("suspended", "red", Trades(500, 0), ("member_not_active",)),
        ("active", "red", Trades(3, 1), ("too_many_bad_trades",)),
        ("active", "gold", Trades(97, 2), ("too_many_bad_trades", "too_few_good_trades")),
    ],
)
def test_whom_it_is_not_offered_to_and_everything_that_stands_against_it(state, tier, trades, reasons):
    decision = decide(POLICY, state, tier, trades)
    assert (decision.is_offered, decision.reasons) == (False, reasons)


@given(st.sampled_from(["active", "suspended"]), st.sampled_from(["blue", "red"]), counts, counts)
def test_one_more_bad_trade_never_opens_what_was_closed(state, tier, good, bad):
    if not decide(POLICY, state, tier, Trades(good, bad)).is_offered:
        assert not decide(POLICY, state, tier, Trades(good, bad + 1)).is_offered
