"""How long is waited from one try to the next: ever longer, up to a bound, however often somebody is asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.orders.domain.flows.policy import StepPolicy

NOW = datetime(2026, 11, 1, tzinfo=UTC)
FACTORS = st.integers(100, 1000).map(lambda hundredths: hundredths / 100)
TRIES = st.integers(0, 200) | st.integers(0, 2**31)


@st.composite
def policies(draw, factors=FACTORS):
    every = draw(st.integers(30, 86_400))
    return StepPolicy(ask_every_s=every, back_off=draw(factors), ask_longest_s=draw(st.integers(every, 86_400)))


@given(policies(), TRIES, TRIES)
def test_more_tries_never_wait_less_long(policy, some, others):
    fewer, more = sorted((some, others))
    assert policy.delay_s(fewer) <= policy.delay_s(more)


@given(policies(), TRIES)
def test_it_is_never_shorter_than_the_first_wait_nor_longer_than_the_longest(policy, tries):
    assert policy.ask_every_s <= policy.delay_s(tries) <= policy.ask_longest_s
    assert policy.next_ask(NOW, tries) == NOW + timedelta(seconds=policy.delay_s(tries))


@given(policies())
def test_the_first_wait_is_as_it_is_said(policy):
    assert policy.delay_s(0) == policy.ask_every_s


@given(policies(factors=st.just(1.0)), TRIES)
def test_without_back_off_it_is_always_the_same(policy, tries):
    assert policy.delay_s(tries) == policy.ask_every_s


@given(policies(factors=FACTORS.filter(lambda factor: factor > 1)))
def test_with_back_off_the_longest_is_reached_and_kept(policy):
    """Of a day from half a minute by the smallest factor after 801 tries."""
    assert policy.delay_s(801) == policy.delay_s(2**31) == policy.ask_longest_s


@given(policies(), st.integers(0, 60))
def test_each_wait_is_so_many_times_the_one_before(policy, tries):
    exact = min(policy.ask_every_s * policy.back_off**tries, policy.ask_longest_s)
    assert exact - 1 < policy.delay_s(tries) <= exact + 1e-6


@pytest.mark.parametrize(
    ("policy", "delays"),
    [
        (StepPolicy(ask_every_s=30, back_off=2, ask_longest_s=3600), [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]),
        (StepPolicy(ask_every_s=30, back_off=1.5, ask_longest_s=100), [30, 45, 67, 100, 100]),
        (StepPolicy(ask_every_s=60), [60, 60, 60]),
        (StepPolicy(ask_every_s=60, back_off=10, ask_longest_s=60), [60, 60]),
    ],
)
def test_delays(policy, delays):
    assert [policy.delay_s(tries) for tries in range(len(delays))] == delays
