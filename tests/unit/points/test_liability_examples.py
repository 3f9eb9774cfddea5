"""Worked examples that others published, to the last unit of money."""

import pytest

from services.points.domain.liability.recognition import MILLION, allocate, recognised
from tests.unit.points.liability_story import closed, given, moved, report_of


def test_ifrs_15_example_52_step_by_step():
    """IFRS 15 Illustrative Examples, Example 52 "Customer loyalty programme", IE267-IE270.

    Sales of CU100,000 earn 10,000 points of a CU1 discount each; 9,500 are expected to be redeemed, so a point's
    stand-alone selling price is CU0.95. The first year 4,500 are redeemed. By the end of the second it is 8,500, and
    9,700 are expected in all.
    """
    products, points = allocate(100_000, goods_value=100_000, points_value=9_500)
    first_year = recognised(points, redeemed=4_500, expected=9_500)
    second_year = recognised(points, redeemed=8_500, expected=9_700) - first_year

    assert (products, points) == (91_324, 8_676)
    assert (first_year, points - first_year) == (4_110, 4_566)
    assert (second_year, points - first_year - second_year) == (3_493, 1_073)


def test_cas_14_question_with_the_same_sale():
    """CAS 14 (企业会计准则第14号——收入), a question of the CPA examination with the sale of Example 52: 100,000 yuan,
    10,000 points, 9,500 expected; 5,000 redeemed earn 4,566 yuan and leave 4,110 (lvechang.cn/cpa/shiti/q1200146054).
    """
    goods, points = allocate(100_000, goods_value=100_000, points_value=9_500)

    assert (goods, points) == (91_324, 8_676)
    assert (recognised(points, 5_000, 9_500), points - recognised(points, 5_000, 9_500)) == (4_566, 4_110)


def test_kpmg_example_10a_more_are_redeemed_than_was_expected():
    """KPMG, "Revenue - IFRS 15 handbook" (2019), Example 10A, pages 279-280: 9,700 of 10,000 points expected, 4,500
    redeemed, then 4,000 more with 9,900 expected. KPMG shares 91 % to 9 %, hence 9,000; unrounded it is 8,842."""
    exact = allocate(100_000, goods_value=100_000, points_value=9_700)
    rounded = allocate(100_000, goods_value=91, points_value=9)

    assert (exact, rounded) == ((91_158, 8_842), (91_000, 9_000))
    assert recognised(9_000, 4_500, 9_700) == 4_175
    assert recognised(9_000, 8_500, 9_900) - 4_175 == 3_552


def test_kpmg_example_10b_fewer_are_redeemed_than_was_expected():
    """KPMG, "Revenue - IFRS 15 handbook" (2019), Example 10B, page 280: as 10A, but 9,200 are expected in the end."""
    assert recognised(9_000, 8_500, 9_200) - recognised(9_000, 4_500, 9_700) == 4_140


@pytest.mark.parametrize("month", ["2025-12", "2026-06"])  # whether the points are old or new when they are reported
def test_ifrs_15_example_52_through_the_whole_report(month: str):
    """The same as reports of two closed months, a fen for each CU: ten fen of sales a point, a point worth one fen."""
    accrual = {"kind": "accrual", "source": "bill", "came": 10_000}
    first_year = [moved(month="2025-12", **accrual), moved("capture", month, went=4_500)]
    first = report_of(first_year, month, given(breakage=50_000, sale_price=10 * MILLION))
    known = [moved(month="2025-12", **accrual, closed=True), moved("capture", month, went=4_500, closed=True)]
    second = report_of(
        [*known, moved("capture", "2026-12", went=4_000)],
        "2026-12",
        given(breakage=30_000, sale_price=10 * MILLION),
        closed(first),
    )

    assert first.report["units"][0]["fen"] == {
        "opening": 0, "deferred": 8_676, "moved": 0, "undone": 0, "redeemed": 4_110, "expired": 0, "re_estimated": 0,
        "closing": 4_566,
    }  # fmt: skip
    # The 3,493 of the second year: 3,653 as 8,500 of 9,500 points would have earned, less 160 as 200 more are expected.
    assert second.report["units"][0]["fen"] == {
        "opening": 4_566, "deferred": 0, "moved": 0, "undone": 0, "redeemed": 3_653, "expired": 0, "re_estimated": -160,
        "closing": 1_073,
    }  # fmt: skip
