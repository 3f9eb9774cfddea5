"""What is put aside for new points, by whose terms, and that it is never allocated anew."""

from datetime import date

import pytest

from services.points.domain.liability.recognition import GIVEN, MILLION, SALE, SOLD, Consideration, deferred_by
from services.points.domain.liability.report import Configuration
from services.points.domain.liability.terms import PointConsideration, PointValue, Terms
from tests.unit.points import liability_story as story
from tests.unit.points.liability_story import closed, fen_of, known, line, moved, report_of

YUAN = 100 * MILLION


def test_points_of_a_sale_take_their_share_of_its_price():
    """1,000 yuan earn 1,000 points worth a fen each, 85 % of them redeemed: 850 of 100,850 parts of the price."""
    assert deferred_by(1_000, MILLION, 850_000, Consideration(SALE, YUAN)) == 843  # fen of 842.8


def test_points_that_are_sold_take_their_whole_price():
    assert deferred_by(3, YUAN, 850_000, Consideration(SOLD, YUAN)) == 300


def test_points_that_are_given_are_put_aside_at_what_they_are_expected_to_cost():
    assert deferred_by(1_000, MILLION, 850_000, Consideration(GIVEN)) == 850


def test_an_unknown_basis_is_a_fault():
    with pytest.raises(ValueError, match="lent"):
        deferred_by(1, 1, 1, Consideration("lent"))


def test_terms_are_those_of_the_month_of_issue():
    june = date(2026, 6, 1)
    units = [PointValue("PTS", story.START, MILLION), PointValue("PTS", june, 2 * MILLION)]
    paid = [PointConsideration("PTS", "*", story.START, Consideration(GIVEN))]
    paid.append(PointConsideration("PTS", "bill", june, Consideration(SOLD, 5 * MILLION)))
    configuration = Configuration(Terms(units, paid), {("PTS", "*"): 0}, story.NO_HISTORY)

    worked = report_of(
        [moved("accrual", month, 100, source="bill") for month in ("2026-05", "2026-06")], "2026-07", configuration
    )

    assert fen_of(worked)["deferred"] == 100 + 500
    assert [row["value_fen"] for row in worked.report["outstanding"]] == [400]  # at what points are worth now


def test_points_without_a_value_or_a_consideration_are_a_fault():
    value, paid = PointValue("PTS", story.START, 1), PointConsideration("PTS", "*", story.START, Consideration(GIVEN))
    for terms, complaint in (
        (Terms([], [paid]), "value of PTS"),
        (Terms([value], []), "consideration for PTS of bill"),
    ):
        with pytest.raises(LookupError, match=complaint):
            report_of(
                [moved("accrual", "2026-05", 1, source="bill")], "2026-05", Configuration(terms, {}, story.NO_HISTORY)
            )


def test_what_was_allocated_is_never_allocated_anew():
    """IFRS 15.88: not for a change of stand-alone selling prices after the contract began."""
    march = [moved("accrual", "2026-03", 1_000, source="bill")]
    first = report_of(march, "2026-03", story.given(breakage=100_000))
    late = moved("accrual", "2026-03", 100, source="bill")
    dearer = story.given(breakage=400_000, worth=3 * MILLION)
    second = report_of([*known(march), late], "2026-04", dearer, closed(first))

    assert fen_of(first) == line(deferred=900, closing=900)
    assert fen_of(second) == line(opening=900, deferred=180, closing=1_080)  # 100 points, 60 % of them redeemed
