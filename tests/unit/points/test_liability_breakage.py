"""How many points will be redeemed in all: by the run-off of history, or by assumption where that is thin."""

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.points.domain.liability.breakage import Evidence, Outlook, RunOff
from services.points.domain.liability.cost_flow import replay
from services.points.domain.liability.layers import Layer, LayerKey, Movement
from services.points.domain.liability.months import Month
from services.points.domain.liability.recognition import MILLION
from tests.unit.points.liability_story import moved

BILL = ("PTS", "bill")
APRIL = Month.parse("2026-04")


def cohort(month: str, expires: str, issued: int, *redeemed: int) -> list[Movement]:
    """Points of bills, redeemed at age 0, 1, …"""
    first = Month.parse(month)
    spent = [
        moved("capture", str(first.later(age)), went=points, expires=expires) for age, points in enumerate(redeemed)
    ]
    return [moved("accrual", month, issued, source="bill", expires=expires), *spent]


def outlook(movements: list[Movement], breakage: int = 250_000, months: int = 3, points: int = 1) -> Outlook:
    assumed = {("PTS", "*"): breakage, ("PTS", "campaign"): 400_000}
    return Outlook(replay(movements, APRIL).run_off, assumed, Evidence(months, points), APRIL, date(2026, 5, 1))


def layer(month: str, expires: str, issued: int, redeemed: int = 0, source: str = "bill") -> Layer:
    return Layer(LayerKey("PTS", 0, date.fromisoformat(expires), Month.parse(month), source), issued, redeemed)


TRIANGLE = [
    *cohort("2026-01", "2026-03-31", 100, 10, 30, 30),  # matured: 30 of 100 were never redeemed
    *cohort("2026-02", "2026-04-30", 300, 30, 60, 42),
    *cohort("2026-03", "2026-05-31", 100, 20, 40),
    *cohort("2026-04", "2026-06-30", 200, 40),
]


def test_the_run_off_is_the_chain_ladder_on_what_is_not_yet_redeemed():
    """Age 0: 100 of 700 redeemed; age 1: 130 of 440 (90 + 270 + 80); age 2: 72 of 270 (60 + 210)."""
    run_off = replay(TRIANGLE, APRIL).run_off

    assert run_off.ages(BILL) == [(0, 700, 100), (1, 440, 130), (2, 270, 72)]
    assert run_off.share_redeemed(BILL, 2, 2, least_points=1) == Fraction(72, 270)
    kept = Fraction(600, 700) * Fraction(310, 440) * Fraction(198, 270)
    assert run_off.share_redeemed(BILL, 0, 2, least_points=1) == 1 - kept


def test_a_layer_is_expected_to_run_off_as_those_before_it_for_the_rest_of_its_life():
    seen = outlook(TRIANGLE)

    assert seen.expected(layer("2026-03", "2026-05-31", 100, 60)) == 60 * MILLION + 40 * 266_667  # 72 / 270 of the 40
    assert seen.rate_at_issue(layer("2026-04", "2026-06-30", 1).key) == 557_143  # 1 - 600/700 * 310/440 * 198/270
    assert seen.is_estimated(layer("2026-03", "2026-05-31", 100, 60))


def test_a_short_life_is_estimated_by_the_ages_it_has():
    assert outlook(TRIANGLE).rate_at_issue(layer("2026-04", "2026-04-30", 1).key) == 142_857  # 100 / 700


def test_a_matured_cohort_alone_estimates_what_it_lost():
    matured = outlook(cohort("2026-01", "2026-03-31", 100, 10, 30, 30))

    assert matured.rate_at_issue(layer("2026-04", "2026-06-30", 1).key) == 700_000


def test_an_age_that_too_few_points_have_passed_makes_no_estimate():
    seen = outlook(TRIANGLE, points=271)
    young, old = layer("2026-04", "2026-05-31", 100), layer("2026-03", "2026-05-31", 100, 60)

    assert (seen.is_estimated(young), seen.is_estimated(old)) == (True, False)
    assert seen.expected(old) == 75 * MILLION  # the assumption: a quarter of what was issued is never redeemed


def test_a_life_longer_than_history_is_assumed():
    assert outlook(TRIANGLE).rate_at_issue(layer("2026-04", "2026-07-31", 1).key) == 750_000


def test_points_that_never_expire_are_assumed():
    assert outlook(TRIANGLE).expected(layer("2026-04", "9999-12-31", 200, 40)) == 150 * MILLION


def test_a_history_of_too_few_months_is_no_evidence():
    key = layer("2026-04", "2026-06-30", 1).key

    assert outlook(TRIANGLE, months=4).rate_at_issue(key) == 557_143
    assert outlook(TRIANGLE, months=5).rate_at_issue(key) == 750_000


def test_a_source_has_its_own_assumption_or_that_of_all():
    seen = outlook([])

    assert seen.rate_at_issue(layer("2026-04", "2026-06-30", 1, source="campaign").key) == 600_000
    assert seen.rate_at_issue(layer("2026-04", "2026-06-30", 1, source="review").key) == 750_000


def test_no_more_is_assumed_than_there_is_and_no_less_than_was_redeemed():
    seen = outlook([])

    assert seen.expected(layer("2026-03", "2026-12-31", 100, 90)) == 90 * MILLION
    undone = layer("2026-03", "2026-12-31", 100, 10)
    undone.undone = 60
    assert seen.expected(undone) == 30 * MILLION  # three quarters of the 40 that were not undone


def test_what_has_expired_is_not_expected_back():
    seen = outlook(TRIANGLE)

    assert seen.expected(layer("2026-02", "2026-04-30", 300, 132)) == 132 * MILLION
    assert seen.is_over(layer("2026-02", "2026-04-30", 300, 132))
    assert not seen.is_over(layer("2026-02", "2026-05-01", 300, 132))


observations = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 100), st.integers(-20, 120)), max_size=30)


@given(observations, st.integers(0, 5), st.integers(0, 6), st.integers(0, 50))
def test_a_share_is_a_share_whatever_was_seen(seen: list[tuple[int, int, int]], first: int, more: int, least: int):
    run_off, issued_in = RunOff(), Month.parse("2026-01")
    key = layer("2026-01", "2027-12-31", 1).key
    for age, at_risk, redeemed in seen:
        run_off.observe(key, issued_in.later(age), at_risk, redeemed)

    share = run_off.share_redeemed(BILL, first, first + more, least)

    assert share is None or 0 <= share <= 1


@given(st.integers(0, MILLION), st.integers(1, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_what_is_expected_lies_between_what_was_and_what_can_be_redeemed(
    breakage: int, issued: int, redeemed: int, undone: int
):
    redeemed = min(redeemed, issued)
    some = layer("2026-03", "2026-12-31", issued, redeemed)
    some.undone = min(undone, some.left)

    expected = outlook([], breakage).expected(some)

    assert some.redeemed * MILLION <= expected <= (some.redeemed + some.left) * MILLION
