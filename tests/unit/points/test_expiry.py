"""Until which day points live."""

from datetime import date, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given

from services.points.domain.buckets import NEVER
from services.points.domain.expiry import ExpiryPolicy, expires_on


@pytest.mark.parametrize(
    ("rule", "amount", "earned", "last_day"),
    [
        ("rolling_years", 3, "2026-01-01", "2028-12-31"),
        ("rolling_years", 3, "2026-12-31", "2028-12-31"),
        ("rolling_years", 1, "2026-06-01", "2026-12-31"),
        ("end_of_year", 0, "2026-06-01", "2026-12-31"),
        ("end_of_year", 1, "2026-06-01", "2027-12-31"),
        ("fixed_months", 1, "2026-11-20", "2026-12-31"),
        ("fixed_months", 1, "2026-12-31", "2027-01-31"),
        ("fixed_months", 3, "2026-11-30", "2027-02-28"),
        ("fixed_months", 3, "2027-11-30", "2028-02-29"),
        ("fixed_months", 12, "2026-02-28", "2027-02-28"),
        ("fixed_months", 24, "2026-12-01", "2028-12-31"),
    ],
)
def test_the_last_day(rule: str, amount: int, earned: str, last_day: str):
    assert expires_on(ExpiryPolicy(rule, amount), date.fromisoformat(earned)).isoformat() == last_day


def test_never_is_never():
    assert expires_on(ExpiryPolicy("never"), date(2026, 1, 1)) == NEVER


def test_an_unknown_rule_is_a_fault():
    with pytest.raises(ValueError, match="by_moon"):
        expires_on(ExpiryPolicy("by_moon", 1), date(2026, 1, 1))


policies = st.one_of(
    st.builds(ExpiryPolicy, st.just("fixed_months"), st.integers(1, 120)),
    st.builds(ExpiryPolicy, st.just("rolling_years"), st.integers(1, 20)),
    st.builds(ExpiryPolicy, st.just("end_of_year"), st.integers(0, 20)),
)


@given(policies, st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_points_live_at_least_today_and_to_the_end_of_a_month(policy: ExpiryPolicy, earned: date):
    last_day = expires_on(policy, earned)

    assert last_day >= earned
    assert (last_day + timedelta(days=1)).day == 1


@given(policies, st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 400))
def test_who_earns_later_does_not_lose_earlier(policy: ExpiryPolicy, earned: date, later: int):
    assert expires_on(policy, earned) <= expires_on(policy, earned + timedelta(days=later))
