"""What is closed stays as it was, whatever is booked after it; months are closed in order and once."""

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of
from services.points import contract
from services.points.domain.liability.ledger import DoesNotTie
from tests.integration.points.liability_story import Books, fen_of, january_of, line, moves_of, refusal_of, unit_of
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")


@pytest.fixture
def january(ledger: Ledger) -> Books:
    return january_of(ledger)


def test_a_close_is_the_report_of_that_instant(january: Books):
    january.on("2026-02-01")
    open_report = january.report("2026-01")

    closed = january.close("2026-01")

    assert fen_of(closed) == line(deferred=500, redeemed=200, closing=300)
    assert closed["status"] == "closed"
    state = {"status": "open", "closed_at": None, "booked_by": open_report["booked_by"]}
    assert {name: value for name, value in closed.items() if name != "hash"} | state == open_report


def test_closing_twice_is_answered_with_the_first_close(january: Books):
    first = january.close("2026-01")
    january.on("2026-01-20").accrue(january.ledger.member(), 70, "referral")

    assert january.close("2026-01", on="2026-03-01") == first
    assert january.report("2026-01") == first


def test_a_back_dated_booking_changes_an_open_month_and_not_a_closed_one(january: Books):
    january.on("2026-02-02")
    before = january.report("2026-01")
    january.on("2026-01-20").accrue(january.ledger.member(), 70, "referral")
    january.on("2026-02-03")
    while_open = january.report("2026-01")
    closed = january.close("2026-01", on="2026-02-04")
    january.on("2026-01-25").accrue(january.ledger.member(), 9, "referral")
    january.on("2026-03-01")

    february = january.report("2026-02")

    assert [unit_of(report)["points"]["closing"] for report in (before, while_open, closed)] == [300, 370, 370]
    assert january.report("2026-01") == closed
    assert january.again("2026-01") == []
    assert unit_of(february)["points"]["opening"] == 370
    assert unit_of(february)["points"]["belated"] == 9
    assert moves_of(february) == {"accrual": (9, 0)}
    assert fen_of(february) == line(opening=370, deferred=9, closing=379)


def test_month_after_month_opens_with_what_the_last_one_closed_with(january: Books):
    january.close("2026-01")
    ledger = january.on("2026-02-10")
    member = ledger.member()
    ledger.accrue(member, 1_000, "campaign")
    order = january.spend("2026-02-11", member, 400)
    february = january.close("2026-02")
    january.on("2026-03-02").refund(order, 100)
    january.spend("2026-03-03", member, 50)
    january.expire("2026-04-01")
    march = january.close("2026-03", on="2026-04-02")

    assert fen_of(february) == line(opening=300, deferred=1_000, redeemed=400, closing=900)
    # The campaign's points end with March: 650 of 700 were lost, one of the refunded 100 less.
    assert fen_of(march) == line(opening=900, redeemed=-50, expired=650, closing=300)
    assert unit_of(march)["points"]["closing"] == january.wallets() == 300
    assert [january.again(month) for month in ("2026-01", "2026-02", "2026-03")] == [[], [], []]


def test_a_re_estimate_touches_the_open_month_alone(january: Books):
    first = january.close("2026-01")
    january.ledger.execute(
        "INSERT INTO breakage_assumption (unit, source, share, effective_from, actor)"
        " VALUES ('PTS', '*', 0.2, '2026-01-01', 'migration')"
    )
    january.on("2026-03-01")

    assert january.report("2026-01") == first
    assert january.again("2026-01") == []  # a row that says it was in force, and that nobody had then
    assert fen_of(january.report("2026-02")) == line(opening=300, re_estimated=50, closing=250)  # 200 of 400 expected


def test_months_are_closed_in_order(january: Books):
    assert refusal_of(lambda: january.close("2026-01", on="2026-01-31")) == contract.LIABILITY_MONTH_NOT_OVER
    january.close("2026-01")

    assert refusal_of(lambda: january.close("2026-03")) == contract.LIABILITY_MONTH_OUT_OF_ORDER
    assert refusal_of(lambda: january.close("2025-12")) == contract.LIABILITY_MONTH_OUT_OF_ORDER
    assert january.close("2026-02")["follows"] == "2026-01"


def test_an_open_month_cannot_be_worked_out_again(january: Books):
    assert refusal_of(lambda: january.again("2026-01")) == contract.LIABILITY_MONTH_OPEN


@pytest.mark.parametrize(
    "statement",
    ["UPDATE liability_close SET report = '{}'", "DELETE FROM liability_close", "TRUNCATE liability_close CASCADE"],
)
def test_the_database_refuses_to_change_a_close(january: Books, statement: str):
    january.close("2026-01")

    with pytest.raises(sa.exc.DBAPIError, match="append only"):
        january.ledger.execute(statement)


def test_a_close_that_was_altered_all_the_same_is_a_fault(january: Books):
    january.close("2026-01")
    january.ledger.execute("ALTER TABLE liability_close DISABLE TRIGGER liability_close_append_only")
    january.ledger.execute("UPDATE liability_close SET layers = jsonb_set(layers, '{0,9}', '501')")
    january.on("2026-03-01")

    with pytest.raises(DoesNotTie, match="not what was kept"):
        january.report("2026-01")
    with pytest.raises(DoesNotTie, match="not what was kept"):
        january.close("2026-02")


def test_a_ledger_that_lost_what_was_closed_is_a_fault(january: Books):
    """A journal slipped in, as if it had been booked before the close."""
    january.close("2026-01")
    ledger = january.on("2026-01-20")
    ledger.accrue(ledger.member(), 70, "referral")
    ledger.execute("ALTER TABLE journal DISABLE TRIGGER journal_append_only")
    ledger.execute(
        "UPDATE journal SET posted_at = (SELECT booked_by FROM liability_close)"
        " WHERE id = (SELECT max(id) FROM journal)"
    )
    january.on("2026-03-01")

    with pytest.raises(DoesNotTie, match="what the last close knew"):
        january.report("2026-02")
    assert january.again("2026-01") == ["layers", "ledger", "outstanding", "run_off", "sources", "units"]
