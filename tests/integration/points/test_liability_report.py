"""The liability of a real ledger ties to it, point by point and fen by fen."""

import pytest

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.points import contract
from services.points.domain.liability.ledger import DoesNotTie
from tests.integration.points.liability_story import Books, fen_of, line, moves_of, unit_of
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")


@pytest.fixture
def books(ledger: Ledger) -> Books:
    return Books(ledger)


def test_an_empty_ledger_owes_nothing(books: Books):
    report = books.report("2026-11")

    assert (report["units"], report["outstanding"], report["sources"]) == ([], [], [])


def test_accruals_redemptions_refunds_claw_backs_and_expiry_tie_to_the_wallets(books: Books):
    """January: 20,000 points of bills, 10,000 of a campaign. February: 8,000 spent, half of the campaign's."""
    ledger = books.on("2026-01-10")
    lee, wang = ledger.member(), ledger.member()
    ledger.accrue(lee, 20_000, "bill")
    ledger.accrue(wang, 10_000, "campaign")
    order = books.spend("2026-02-03", wang, 5_000)
    books.spend("2026-02-04", lee, 3_000)
    books.on("2026-02-05").refund(order, 1_000)
    books.on("2026-02-06").claw_back(lee, 2_000)
    lost = books.expire("2026-03-02")

    report = books.report("2026-02")

    assert lost == 6_000
    assert moves_of(report) == {
        "accrual": (30_000, 0), "capture": (0, 8_000), "refund": (1_000, 0), "clawback": (0, 2_000),
        "expiry": (0, 6_000),
    }  # fmt: skip
    assert unit_of(report)["points"]["closing"] == books.wallets() == 15_000
    # Of 20,000 yuan for 20,000 points a fen each, 19,802 fen are theirs: 1 in 101. A tenth of it is clawed back.
    # 3,000 of the 18,000 left were spent: 2,970 of 17,822 fen. The campaign gave 10,000: 4,000 spent, 6,000 lost.
    assert fen_of(report) == line(
        deferred=19_802 + 10_000, undone=1_980, redeemed=2_970 + 4_000, expired=6_000, closing=14_852
    )
    assert report["outstanding"] == [
        {
            "unit": "PTS", "expires_in": "2028-12", "source": "bill", "points": 15_000, "value_fen": 15_000,
            "expected_points": 15_000, "deferred_fen": 14_852,
        }
    ]  # fmt: skip


def test_two_sources_in_one_expiry_day_share_what_leaves_it(books: Books):
    ledger = books.on("2026-01-10")
    lee, wang = ledger.member(), ledger.member()
    ledger.accrue(lee, 600, "bill")
    ledger.accrue(wang, 300, "referral")
    books.spend("2026-01-11", wang, 300)

    rows = books.report("2026-01")["outstanding"]

    assert [(row["source"], row["expires_in"], row["points"]) for row in rows] == [
        ("bill", "2028-12", 400),
        ("referral", "2028-12", 200),
    ]


def test_points_that_have_expired_are_worth_nothing_before_that_is_booked(books: Books):
    ledger = books.on("2026-01-10")
    ledger.accrue(ledger.member(), 500, "campaign")
    books.on("2026-03-01")

    unbooked = books.report("2026-02")
    books.expire("2026-03-02")
    booked = books.report("2026-02")

    assert (unit_of(unbooked)["points"]["closing"], unit_of(unbooked)["lapsed_points"]) == (500, 500)
    assert (unit_of(booked)["points"]["closing"], unit_of(booked)["lapsed_points"]) == (0, 0)
    assert fen_of(unbooked) == fen_of(booked) == line(deferred=500, expired=500)


def test_points_held_for_an_order_are_still_the_members(books: Books):
    ledger = books.on("2026-01-10")
    member = ledger.member()
    ledger.accrue(member, 500, "referral")
    ledger.hold(member, 200)

    assert fen_of(books.report("2026-01")) == line(deferred=500, closing=500)


def test_what_happens_after_the_month_does_not_count_though_it_is_booked(books: Books):
    ledger = books.on("2026-01-10")
    member = ledger.member()
    ledger.accrue(member, 500, "referral")
    books.on("2026-02-10").accrue(member, 70, "referral")

    january = books.report("2026-01")

    assert unit_of(january)["points"]["closing"] == 500
    assert books.wallets() == 570


def test_the_day_is_that_of_china(books: Books):
    """Half past midnight of 1 February in China is still January in Greenwich."""
    ledger = books.on("2026-01-31")
    ledger.clock.instant = ledger.clock.instant.replace(hour=16, minute=30)
    ledger.accrue(ledger.member(), 500, "referral")
    books.on("2026-03-01")

    assert books.report("2026-01")["units"] == []
    assert unit_of(books.report("2026-02"))["points"]["closing"] == 500


def test_a_month_to_come_is_refused(books: Books):
    books.on("2026-01-31")

    with pytest.raises(Refused) as refused:
        books.report("2026-02")

    assert refused.value.code == contract.LIABILITY_MONTH_TO_COME


def test_a_wallet_that_says_something_else_is_a_fault(books: Books):
    ledger = books.on("2026-01-10")
    member = ledger.member()
    ledger.accrue(member, 500, "referral")
    ledger.execute("UPDATE account SET posted = posted + 1 WHERE owner = :owner", owner=member)

    with pytest.raises(DoesNotTie, match="entries say 500, PTS on the wallets 501"):
        books.report("2026-01")
    ledger.execute("UPDATE account SET posted = posted - 1 WHERE owner = :owner", owner=member)


def test_drafts_are_what_the_door_answers_until_the_month_is_closed(books: Books):
    ledger = books.on("2026-01-10")
    ledger.accrue(ledger.member(), 500, "referral")
    books.on("2026-02-03")
    with pytest.raises(Refused) as refused:
        books.published("2026-01")

    books.draft()
    draft = books.published("2026-01")
    books.close("2026-01", on="2026-02-04")
    closed = books.published("2026-01")
    books.on("2026-02-05")
    books.draft()

    assert refused.value.code == contract.LIABILITY_NOT_REPORTED
    assert (draft["status"], draft["closed_at"], draft["units"][0]["fen"]["closing"]) == ("open", None, 500)
    assert closed["status"] == "closed"
    assert closed | {"status": "open", "closed_at": None, "booked_by": draft["booked_by"]} == draft
    assert books.published("2026-01") == closed
    assert books.published("2026-02")["follows"] == "2026-01"
    assert contract.GET_LIABILITY_REPORT.reply().validate(closed) == {}
