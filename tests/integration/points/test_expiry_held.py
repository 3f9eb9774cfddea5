"""What orders hold when its last day is over: it stays, and what comes back is expired or gets its days of grace."""

from datetime import date

import pytest

from services.chassis.ids import new_id
from services.chassis.testkit import database_of
from tests.integration.points.expiry_story import LAST_DAY, NEXT_DAY, ExpiryLedger

engine = database_of("points", each="function")
TOLD = LAST_DAY.isoformat()


def test_what_is_held_stays_and_can_still_be_spent(expiry: ExpiryLedger):
    member_id, order_id = expiry.member(100), new_id("ord")
    expiry.hold(member_id, 60, order_id)
    expiry.at(NEXT_DAY)

    expiry.expire()
    kept = expiry.buckets(member_id)
    expiry.capture(order_id)

    assert kept == {TOLD: (60, 60)}
    assert expiry.booked(member_id) == {TOLD: 40}
    assert (expiry.balance(member_id)["held"], expiry.available(member_id)) == (0, 0)
    assert expiry.expire()["points"] == 0
    assert expiry.buckets(member_id) == {}


def test_what_is_released_after_its_expiry_is_booked_by_the_next_run_as_of_then(expiry: ExpiryLedger):
    member_id, order_id = expiry.member(100), new_id("ord")
    expiry.hold(member_id, 60, order_id)
    expiry.at(NEXT_DAY)
    expiry.expire()

    expiry.at(date(2025, 1, 4))
    expiry.release(order_id)
    spendable = expiry.available(member_id)
    booked = expiry.expire()

    assert (spendable, booked["points"]) == (0, 60)
    assert expiry.booked(member_id) == {TOLD: 100}
    days = [line["effective_on"] for line in expiry.statement(member_id) if line["kind"] == "expiry"]
    assert days == ["2025-01-04", TOLD]
    runs = expiry.fetch("SELECT late, state FROM expiry_run WHERE expires_on = :day ORDER BY late", day=LAST_DAY)
    assert runs == [(False, "done"), (True, "done")]


def test_what_is_released_after_its_expiry_gets_a_grace_if_ops_say_so(expiry: ExpiryLedger, grace: None):
    member_id, order_id = expiry.member(100), new_id("ord")
    expiry.hold(member_id, 60, order_id)
    expiry.at(NEXT_DAY)
    expiry.expire()

    expiry.at(date(2025, 1, 4))
    expiry.release(order_id)

    assert expiry.balance(member_id)["expiring"] == [{"expires_on": "2025-01-14", "points": 60}]
    assert expiry.expire()["points"] == 0
    assert [line["kind"] for line in expiry.statement(member_id)] == ["expiry", "accrual"]  # a move is no line
    expiry.spend(member_id, 15)
    expiry.at(date(2025, 1, 15))
    expiry.expire()
    assert expiry.booked(member_id) == {TOLD: 40, "2025-01-14": 45}


def test_the_grace_is_for_what_has_expired_and_not_for_the_rest(expiry: ExpiryLedger, grace: None):
    member_id, order_id = expiry.member(50), new_id("ord")
    expiry.accrue(member_id, 50, source="survey")
    expiry.hold(member_id, 70, order_id)
    expiry.at(NEXT_DAY)

    expiry.release(order_id)

    assert expiry.buckets(member_id) == {TOLD: (0, 0), "2025-01-11": (50, 0), "2025-12-31": (50, 0)}


@pytest.fixture
def grace(expiry: ExpiryLedger) -> None:
    expiry.set("release_grace_days", 10)


def test_a_refund_after_the_expiry_lives_for_its_days_of_grace(expiry: ExpiryLedger):
    member_id = expiry.member(100)
    order_id = expiry.spend(member_id, 60)
    expiry.at(NEXT_DAY)
    expiry.expire()

    expiry.refund(order_id, 25)

    assert expiry.buckets(member_id) == {"2025-01-31": (25, 0)}
    expiry.at(date(2025, 2, 1))
    expiry.expire()
    assert expiry.booked(member_id) == {TOLD: 40, "2025-01-31": 25}
