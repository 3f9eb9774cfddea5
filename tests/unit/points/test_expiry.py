"""Until which day points live."""

from datetime import date, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given

from services.chassis.clock import local_date
from services.points.domain.buckets import NEVER
from services.points.domain.expiry import ExpiryPolicy, expires_on, last_moment, most_buckets


@pytest.mark.parametrize(
    ("rule", "amount", "rounding", "earned", "last_day"),
    [
        ("rolling_years", 3, None, "2026-01-01", "2028-12-31"),
        ("rolling_years", 3, None, "2026-12-31", "2028-12-31"),
        ("rolling_years", 1, None, "2026-06-01", "2026-12-31"),
        ("end_of_year", 0, None, "2026-06-01", "2026-12-31"),
        ("end_of_year", 1, None, "2026-06-01", "2027-12-31"),
        ("fixed_months", 1, "month", "2026-11-20", "2026-12-31"),
        ("fixed_months", 1, "month", "2026-12-31", "2027-01-31"),
        ("fixed_months", 3, "month", "2026-11-30", "2027-02-28"),
        ("fixed_months", 3, "month", "2027-11-30", "2028-02-29"),
        ("fixed_months", 12, "month", "2026-02-28", "2027-02-28"),
        ("fixed_months", 24, "month", "2026-12-01", "2028-12-31"),
        ("fixed_months", 1, "none", "2026-11-20", "2026-12-20"),
        ("fixed_months", 1, "none", "2026-01-31", "2026-02-28"),
        ("fixed_months", 12, "none", "2028-02-29", "2029-02-28"),
        ("fixed_months", 12, "quarter", "2026-11-20", "2027-12-31"),
        ("fixed_months", 2, "quarter", "2026-11-20", "2027-03-31"),
        ("fixed_months", 3, "quarter", "2026-03-31", "2026-06-30"),
        ("fixed_months", 1, "year", "2026-11-20", "2026-12-31"),
        ("fixed_months", 2, "year", "2026-11-20", "2027-12-31"),
    ],
)
def test_the_last_day(rule: str, amount: int, rounding: str | None, earned: str, last_day: str):
    policy = ExpiryPolicy(rule, amount, rounding)

    assert expires_on(policy, date.fromisoformat(earned)).isoformat() == last_day


def test_never_is_never():
    assert expires_on(ExpiryPolicy("never"), date(2026, 1, 1)) == NEVER


@pytest.mark.parametrize("policy", [ExpiryPolicy("by_moon", 1), ExpiryPolicy("fixed_months", 1, "week")])
def test_what_is_not_known_is_a_fault(policy: ExpiryPolicy):
    with pytest.raises(ValueError, match=r"by_moon|week"):
        expires_on(policy, date(2026, 1, 1))


def test_the_last_moment_is_the_day_in_china():
    moment = last_moment(date(2026, 12, 31))

    assert local_date(moment) == date(2026, 12, 31)
    assert local_date(moment + timedelta(microseconds=1)) == date(2027, 1, 1)


rounded = st.one_of(
    st.builds(
        ExpiryPolicy, st.just("fixed_months"), st.integers(1, 120), st.sampled_from(["month", "quarter", "year"])
    ),
    st.builds(ExpiryPolicy, st.just("rolling_years"), st.integers(1, 20)),
    st.builds(ExpiryPolicy, st.just("end_of_year"), st.integers(0, 20)),
)
exact = st.builds(ExpiryPolicy, st.just("fixed_months"), st.integers(1, 120), st.just("none"))
earned_days = st.dates(date(2000, 1, 1), date(2090, 1, 1))


@given(rounded, earned_days)
def test_points_live_at_least_today_and_to_the_end_of_a_month(policy: ExpiryPolicy, earned: date):
    last_day = expires_on(policy, earned)

    assert last_day >= earned
    assert (last_day + timedelta(days=1)).day == 1


@given(rounded | exact, earned_days, st.integers(0, 400))
def test_who_earns_later_does_not_lose_earlier(policy: ExpiryPolicy, earned: date, later: int):
    assert expires_on(policy, earned) <= expires_on(policy, earned + timedelta(days=later))


@given(exact, earned_days)
def test_rounding_only_adds_days(policy: ExpiryPolicy, earned: date):
    roundings = ["none", "month", "quarter", "year"]
    days = [expires_on(ExpiryPolicy("fixed_months", policy.amount, each), earned) for each in roundings]

    assert days == sorted(days)


@given(
    st.builds(ExpiryPolicy, st.just("fixed_months"), st.integers(1, 30), st.sampled_from(["none", "month", "quarter"]))
    | st.builds(ExpiryPolicy, st.just("rolling_years"), st.integers(1, 3))
    | st.builds(ExpiryPolicy, st.just("end_of_year"), st.integers(0, 2)),
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
)
def test_who_earns_every_day_has_no_more_buckets_than_said(policy: ExpiryPolicy, today: date):
    earned = (today - timedelta(days=back) for back in range(366 * 4))
    living = {last_day for last_day in (expires_on(policy, day) for day in earned) if last_day >= today}

    assert len(living) <= most_buckets(policy)
    assert policy.rounding == "none" or len(living) >= most_buckets(policy) - 1  # and the bound is no fancy
