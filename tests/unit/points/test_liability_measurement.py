"""What becomes of deferred revenue: earned, undone, moved, lapsed; and the rows that say so."""

from datetime import date

from services.points.domain.liability.recognition import MILLION, SALE, Consideration
from services.points.domain.liability.report import Configuration
from services.points.domain.liability.terms import PointConsideration, PointValue, Terms
from tests.unit.points import liability_story as story
from tests.unit.points.liability_story import (
    closed,
    fen_of,
    known,
    lapsed,
    line,
    moved,
    report_of,
)

YUAN = 100 * MILLION


def test_breakage_is_earned_in_proportion_and_the_rest_when_the_points_expire():
    issued = [moved("accrual", "2026-01", 1_000, source="bill", expires="2026-03-31")]
    spent = [moved("capture", "2026-02", went=400, expires="2026-03-31")]
    gone = [moved("expiry", "2026-04", went=600, expires="2026-03-31")]
    assumed = story.given(breakage=200_000)

    january = report_of(issued, "2026-01", assumed)
    february = report_of([*known(issued), *spent], "2026-02", assumed, closed(january))
    march = report_of(known([*issued, *spent]), "2026-03", assumed, closed(february))
    april = report_of([*known([*issued, *spent]), *gone], "2026-04", assumed, closed(march))

    assert fen_of(january) == line(deferred=800, closing=800)
    assert fen_of(february) == line(opening=800, redeemed=400, closing=400)  # 400 of 800 expected
    assert fen_of(march) == line(opening=400, expired=400)  # the last day is over, whether that is booked or not
    assert lapsed(march) == 600
    assert fen_of(april) == line()
    assert april.report["outstanding"] == []


def test_what_redemption_earned_and_what_expiry_did_are_told_apart_within_a_month():
    grace = "2026-04-15"
    march = [moved("accrual", "2026-03", 1_000, source="bill", expires=grace)]
    april = [moved("capture", "2026-04", went=400, expires=grace), moved("expiry", "2026-04", went=600, expires=grace)]
    first = report_of(march, "2026-03", story.given(breakage=200_000))
    second = report_of([*known(march), *april], "2026-04", story.given(breakage=200_000), closed(first))

    assert fen_of(second) == line(opening=800, redeemed=400, expired=400)


def test_a_claw_back_takes_its_share_of_what_is_deferred_and_nothing_of_what_was_earned():
    march = [moved("accrual", "2026-03", 1_000, source="bill"), moved("capture", "2026-03", went=500)]
    first = report_of(march, "2026-03", story.given())
    second = report_of([*known(march), moved("clawback", "2026-04", went=100)], "2026-04", story.given(), closed(first))

    assert fen_of(first)["closing"] == 500
    assert fen_of(second) == line(opening=500, undone=100, closing=400)


def test_a_refund_defers_again_what_the_redemption_had_earned():
    march = [moved("accrual", "2026-03", 1_000, source="bill"), moved("capture", "2026-03", went=500)]
    first = report_of(march, "2026-03", story.given())
    second = report_of([*known(march), moved("refund", "2026-04", 200)], "2026-04", story.given(), closed(first))

    assert fen_of(second) == line(opening=500, redeemed=-200, closing=700)


def worth_a_fen_and_a_yuan() -> Configuration:
    worths = [PointValue("PTS", story.START, MILLION), PointValue("COIN", story.START, 100 * MILLION)]
    paid = [PointConsideration("PTS", "bill", story.START, Consideration(SALE, YUAN))]
    return Configuration(Terms(worths, paid), {("PTS", "*"): 0, ("COIN", "*"): 0}, story.NO_HISTORY)


def test_what_is_exchanged_takes_its_deferred_revenue_along():
    """1,000 points of bills carry 990 fen; 300 of them become three coins, which carry 297 and not their worth."""
    configuration = worth_a_fen_and_a_yuan()
    march = [moved("accrual", "2026-03", 1_000, source="bill")]
    april = [moved("exchange", "2026-04", went=300), moved("exchange", "2026-04", 3, unit="COIN")]
    may = [
        moved("capture", "2026-05", went=1, unit="COIN"),
        moved("exchange", "2026-05", went=100),
        moved("exchange", "2026-05", 1, unit="COIN", expires="2029-12-31"),
    ]

    first = report_of(march, "2026-03", configuration)
    second = report_of([*known(march), *april], "2026-04", configuration, closed(first))
    third = report_of([*known([*march, *april]), *may], "2026-05", configuration, closed(second))

    assert fen_of(second) == line(opening=990, moved=-297, closing=693)
    assert fen_of(second, "COIN") == line(moved=297, closing=297)
    assert fen_of(third) == line(opening=693, moved=-99, closing=594)
    assert fen_of(third, "COIN") == line(opening=297, moved=99, redeemed=99, closing=297)


def test_what_moved_is_shared_by_what_it_became_is_worth():
    """200 points became two coins, 100 went as a gift into another expiry day: two thirds of 297 fen, and one."""
    moves = [
        moved("accrual", "2026-03", 1_000, source="bill"),
        moved("exchange", "2026-03", went=200),
        moved("exchange", "2026-03", 2, unit="COIN"),
        moved("gift", "2026-03", went=100),
        moved("gift", "2026-03", 100, expires="2027-12-31"),
    ]

    worked = report_of(moves, "2026-03", worth_a_fen_and_a_yuan())

    assert [(row["unit"], row["source"], row["deferred_fen"]) for row in worked.report["outstanding"]] == [
        ("COIN", "exchange", 198),
        ("PTS", "gift", 99),
        ("PTS", "bill", 693),
    ]


def test_what_comes_late_to_a_closed_month_belongs_to_the_next_and_is_named():
    march = [moved("accrual", "2026-03", 1_000, source="bill")]
    late = [moved("accrual", "2026-03", 50, source="bill"), moved("capture", "2026-02", went=20)]
    first = report_of(march, "2026-03", story.given())
    second = report_of([*known(march), *late], "2026-04", story.given(), closed(first))

    assert second.report["units"][0]["points"] == {
        "opening": 1_000,
        "movements": [{"kind": "accrual", "came": 50, "went": 0}, {"kind": "capture", "came": 0, "went": 20}],
        "belated": 30,
        "closing": 1_030,
    }
    assert fen_of(second) == line(opening=1_000, deferred=50, redeemed=20, closing=1_030)


def test_the_present_month_counts_up_to_today_and_its_points_can_still_be_spent():
    issued = [moved("accrual", "2026-03", 100, source="bill", expires="2026-03-31")]

    now = report_of(issued, "2026-03", story.given(), today=date(2026, 3, 20))
    then = report_of(issued, "2026-03", story.given(), today=date(2026, 4, 1))

    assert (now.report["day"], fen_of(now)["closing"], lapsed(now)) == ("2026-03-20", 100, 0)
    assert (then.report["day"], fen_of(then)["closing"], lapsed(then)) == ("2026-03-31", 0, 100)


def test_the_present_month_is_no_history_yet():
    moves = [moved("accrual", "2026-02", 100, source="bill"), moved("capture", "2026-03", went=10)]

    now = report_of(moves, "2026-03", story.given(), today=date(2026, 3, 20))

    assert [(row["age"], row["at_risk"], row["redeemed"]) for row in now.report["run_off"]] == [(0, 100, 0)]


def test_rows_say_where_and_when_and_what_is_expected():
    worked = report_of(
        [
            moved("accrual", "2026-01", 300, source="bill"),
            moved("accrual", "2026-01", 100, source="campaign", expires="9999-12-31"),
            moved("accrual", "2026-01", 40, source="campaign", expires="2026-12-31"),
            moved("top_up", "2026-01", 5, unit="COIN", expires="9999-12-31"),
        ],
        "2026-01",
        story.given(breakage=100_000, worth=2 * MILLION),
    )

    assert [tuple(row.values()) for row in worked.report["outstanding"]] == [
        ("COIN", None, "top_up", 5, 10, 5, 9),
        ("PTS", "2026-12", "campaign", 40, 80, 36, 72),
        ("PTS", "2028-12", "bill", 300, 600, 270, 540),
        ("PTS", None, "campaign", 100, 200, 90, 180),
    ]
