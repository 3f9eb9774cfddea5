"""Closes beside each other, and beside bookings that are not committed yet."""

import threading
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.points import contract
from services.points.domain.liability.months import Month
from services.points.storage.liability_closes import closed_months
from services.points.usecases.accrue_points import accrue_points
from services.points.usecases.close_month import close_month
from tests.integration.points.liability_story import Books, january_of, refusal_of, unit_of
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")


@pytest.fixture
def january(ledger: Ledger) -> Books:
    return january_of(ledger)


def test_two_who_close_one_month_get_one_close(january: Books):
    january.on("2026-02-01")
    month, works = Month.parse("2026-01"), january.ledger.works

    one, other = race(lambda: close_month(works, month), lambda: close_month(works, month))

    assert one == other
    assert january.ledger.fetch("SELECT count(*) FROM liability_close") == [(1,)]


def test_who_looks_while_it_is_being_closed_gets_that_close(january: Books, monkeypatch: pytest.MonkeyPatch):
    """Not open yet at the first look, closed at the second: that is no month out of its order."""
    january.on("2026-02-01")
    month, works = Month.parse("2026-01"), january.ledger.works
    first: list[dict] = []

    def close_before_looking(work: Work):
        if not first:
            first.append({})
            first[0] = close_month(works, month)
        return closed_months(work)

    monkeypatch.setattr("services.points.usecases.close_month.closed_months", close_before_looking)

    assert close_month(works, month) == first[0]


def test_of_two_first_months_one_is_closed(january: Books):
    january.on("2026-04-01")
    works = january.ledger.works
    months = [Month.parse("2026-01"), Month.parse("2026-02")]

    results = race(*[lambda month=month: close_month(works, month) for month in months])

    closed = [result for result in results if isinstance(result, dict)]
    kept = january.ledger.fetch("SELECT month, follows FROM liability_close ORDER BY month")
    if len(closed) == 2:  # one after the other after all, in order
        assert kept == [("2026-01", None), ("2026-02", "2026-01")]
    else:
        assert kept == [(closed[0]["month"], None)]
        refused = next(result for result in results if isinstance(result, Refused))
        assert refused.code == contract.LIABILITY_MONTH_OUT_OF_ORDER


def test_a_booking_under_way_is_waited_for(january: Books):
    """Its journal is booked before the instant of the close and committed after it: it must not slip under."""
    ledger = january.on("2026-01-15")
    late = ledger.member()
    request = contract.ACCRUE_POINTS.load_request(
        {"request_id": new_id("req"), "member_id": late, "points": 70, "source": "referral", "reference": "late"}
    )
    works, begun, waits = ledger.works, threading.Event(), looks_for_who_is_booking(ledger, 2)

    def book_slowly() -> None:
        with works.begin() as work:
            accrue_points(work, request)
            january.on("2026-02-01")
            begun.set()
            assert waits.wait(20)

    def close_meanwhile() -> dict:
        assert begun.wait(20)
        return close_month(works, Month.parse("2026-01"))

    booked, closed = race(book_slowly, close_meanwhile)

    assert booked is None
    assert unit_of(closed)["points"]["closing"] == 370
    assert january.again("2026-01") == []


def test_a_booking_that_does_not_end_refuses_the_close(january: Books):
    ledger = january.on("2026-02-01")
    with ledger.works.begin() as work:
        work.execute(sa.text("SELECT draw_journal_id()"))

        assert (
            refusal_of(lambda: close_month(ledger.works, Month.parse("2026-01"), 0)) == contract.LIABILITY_NOT_SETTLED
        )

    assert january.close("2026-01")["status"] == "closed"


def looks_for_who_is_booking(ledger: Ledger, times: int) -> threading.Event:
    """Set when somebody has looked so many times: who looks twice, waits."""
    happened, left = threading.Event(), iter(range(1, times))

    def hear(_connection: sa.Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if "pg_locks" in statement and next(left, None) is None:
            happened.set()

    sa.event.listen(ledger.engine, "after_cursor_execute", hear)
    return happened
