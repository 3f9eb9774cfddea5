"""Nothing is booked of a day that is not over by the service's clock and by the database's."""

from datetime import date, timedelta

from services.chassis.testkit import database_of
from tests.integration.points.expiry_story import LAST_DAY, NEXT_DAY, NOTHING, ExpiryLedger

engine = database_of("points", each="function")


def test_a_clock_that_is_a_day_ahead_of_the_database_expires_nothing_early(expiry: ExpiryLedger):
    today, yesterday = database_days(expiry)
    member_id = expiry.member()
    expiry.grant(member_id, 5, yesterday)
    expiry.grant(member_id, 7, today)
    expiry.at(today + timedelta(days=1))

    booked, again = expiry.expire(), expiry.expire()

    assert (booked["points"], again) == (5, NOTHING)
    assert expiry.booked(member_id) == {yesterday.isoformat(): 5}


def test_a_clock_that_is_a_day_behind_expires_nothing_early_and_nothing_twice(expiry: ExpiryLedger):
    today, yesterday = database_days(expiry)
    member_id = expiry.member()
    expiry.grant(member_id, 5, yesterday - timedelta(days=1))
    expiry.grant(member_id, 7, yesterday)

    booked = []
    for day in (yesterday, today, yesterday, today):
        expiry.at(day)
        booked.append(expiry.expire()["points"])

    assert booked == [5, 7, 0, 0]
    assert expiry.booked(member_id) == {(yesterday - timedelta(days=1)).isoformat(): 5, yesterday.isoformat(): 7}


def test_a_run_that_was_begun_waits_when_the_clock_goes_back(expiry: ExpiryLedger):
    expiry.member(10)
    expiry.at(NEXT_DAY)
    expiry.expire(budget_s=0)

    expiry.at(LAST_DAY)
    too_early = expiry.expire()
    expiry.at(NEXT_DAY)

    assert (too_early, expiry.expire()["points"]) == (NOTHING, 10)


def test_a_day_can_be_left_to_rest_before_it_is_booked(expiry: ExpiryLedger):
    """Against a clock step of the whole machine: what is not booked can still be told from what is not over."""
    expiry.set("expiry_rest_days", 1)
    expiry.member(10)

    expiry.at(NEXT_DAY)
    too_early = expiry.expire()
    expiry.at(NEXT_DAY + timedelta(days=1))
    booked = expiry.expire()

    assert (too_early, booked["points"]) == (NOTHING, 10)


def database_days(expiry: ExpiryLedger) -> tuple[date, date]:
    [(today,)] = expiry.fetch("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
    return today, today - timedelta(days=1)
