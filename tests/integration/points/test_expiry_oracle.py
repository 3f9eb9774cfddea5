"""Booked expiry against two oracles in plain Python, over random stories: lot by lot, and by the law of sums.

The law: of what expires by day c, ``max(0, all that expires by c - all spent - all expired before)`` is lost on c. It
holds where who earns later does not lose earlier (one policy); lots hold always.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.points.domain.expiry import ExpiryPolicy, expires_on
from tests.integration.points.expiry_story import ExpiryLedger

engine = database_of("points")
FIRST_DAY = date(2024, 1, 10)
POLICIES = {
    "campaign": ExpiryPolicy("end_of_year", 0),
    "survey": ExpiryPolicy("end_of_year", 1),
    "check_in": ExpiryPolicy("fixed_months", 1, "none"),
}
FEW = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@dataclass
class Lot:
    """One earning; what is left of it."""

    last_day: date
    points: int


class Lots:
    """A wallet as a list of what was earned. Nothing of the implementation is in it."""

    def __init__(self) -> None:
        self.lots: list[Lot] = []
        self.earned: list[tuple[date, int]] = []
        self.spendings: list[tuple[date, int]] = []

    def earn(self, today: date, points: int, source: str) -> None:
        last_day = expires_on(POLICIES[source], today)
        self.lots.append(Lot(last_day, points))
        self.earned.append((last_day, points))

    def spend(self, today: date, points: int) -> bool:
        living = sorted((lot for lot in self.lots if lot.last_day >= today), key=lambda lot: lot.last_day)
        if sum(lot.points for lot in living) < points:
            return False
        self.spendings.append((today, points))
        for lot in living:
            part = min(lot.points, points)
            lot.points -= part
            points -= part
        return True

    def expired(self, today: date) -> dict[str, int]:
        lost: Counter[str] = Counter()
        for lot in self.lots:
            if lot.last_day < today:
                lost[lot.last_day.isoformat()] += lot.points
        return dict(+lost)

    def expired_by_law(self, today: date) -> dict[str, int]:
        lost: dict[str, int] = {}
        for day in sorted({last_day for last_day, _ in self.earned if last_day < today}):
            due = sum(points for last_day, points in self.earned if last_day <= day)
            spent = sum(points for spent_on, points in self.spendings if spent_on <= day)
            if (gone := max(0, due - spent - sum(lost.values()))) > 0:
                lost[day.isoformat()] = gone
        return lost


def steps(*sources: str) -> st.SearchStrategy:
    """What happens in one wallet, and how many days before the next thing does."""
    earn = st.tuples(st.just("earn"), st.integers(1, 60), st.sampled_from(sources))
    spend = st.tuples(st.just("spend"), st.integers(1, 80), st.just(""))
    run = st.tuples(st.just("run"), st.just(0), st.just(""))
    return st.lists(st.tuples(earn | spend | run, st.sampled_from([0, 1, 9, 31, 60])), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def stories(engine: sa.Engine) -> ExpiryLedger:
    return ExpiryLedger(engine)


def told(expiry: ExpiryLedger, story: list) -> tuple[str, Lots, date]:
    """The story in the ledger and among lots, which agree on what can be spent; a year later all is booked."""
    lots, today = Lots(), FIRST_DAY
    expiry.at(today)
    member_id = expiry.member()
    for (what, points, source), days in story:
        if what == "earn":
            expiry.accrue(member_id, points, source=source)
            lots.earn(today, points, source)
        elif what == "spend":
            assert spends(expiry, member_id, points) == lots.spend(today, points)
        else:
            expiry.expire()
            assert expiry.booked(member_id) == lots.expired(today)
        today += timedelta(days=days)
        expiry.at(today)
    expiry.at(today := date(2026, 6, 1))
    expiry.expire()
    return member_id, lots, today


def spends(expiry: ExpiryLedger, member_id: str, points: int) -> bool:
    try:
        expiry.spend(member_id, points)
    except Refused:
        return False
    return True


@FEW
@given(story=steps("campaign", "survey", "check_in"))
def test_booked_is_what_is_left_of_every_lot(stories: ExpiryLedger, story: list):
    member_id, lots, today = told(stories, story)

    assert stories.booked(member_id) == lots.expired(today)
    assert stories.expire()["points"] == 0
    assert stories.breaches() == []


@FEW
@given(story=steps("check_in"))
def test_with_one_policy_booked_is_what_the_law_of_sums_says(stories: ExpiryLedger, story: list):
    member_id, lots, today = told(stories, story)

    assert stories.booked(member_id) == lots.expired_by_law(today) == lots.expired(today)
