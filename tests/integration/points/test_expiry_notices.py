"""Members are told before their points expire: each wallet, day and notice once, however the job runs."""

from datetime import date, timedelta

import pytest

from services.chassis.ids import new_id
from services.chassis.testkit import database_of, emitted, race
from services.points import contract
from services.points.usecases.notify_expiring import notify_expiring
from tests.integration.points.dying import KILLED, die_doing
from tests.integration.points.expiry_story import LAST_DAY, ExpiryLedger

engine = database_of("points", each="function")
TOLD = LAST_DAY.isoformat()


def days_before(days: int) -> date:
    return LAST_DAY - timedelta(days=days)


def notified_every_day(expiry: ExpiryLedger, first: date, last: date) -> None:
    for number in range((last - first).days + 1):
        expiry.at(first + timedelta(days=number))
        expiry.notify()
        expiry.notify()


@pytest.fixture
def member_id(expiry: ExpiryLedger) -> str:
    expiry.at(date(2024, 3, 1))
    return expiry.member(100)


def test_thirty_days_seven_days_and_one_day_before(expiry: ExpiryLedger, member_id: str):
    notified_every_day(expiry, days_before(40), LAST_DAY + timedelta(days=2))

    assert expiry.noticed(member_id) == [(TOLD, 30, 100), (TOLD, 7, 100), (TOLD, 1, 100)]
    told = {event["occurred_at"][:10]: event["data"]["days_before"] for event in notices_of(expiry)}
    assert told == {"2024-12-01": 30, "2024-12-24": 7, "2024-12-30": 1}


def notices_of(expiry: ExpiryLedger) -> list[dict]:
    return emitted(expiry.engine, contract.POINTS_EXPIRING)


def test_what_is_left_is_told_and_nobody_who_has_nothing_left(expiry: ExpiryLedger, member_id: str):
    spender = expiry.member(80)
    expiry.at(days_before(30))
    expiry.notify()
    expiry.spend(member_id, 30)
    expiry.hold(member_id, 20)
    expiry.spend(spender, 80)

    expiry.at(days_before(7))
    told = expiry.notify()

    assert told == 1
    assert expiry.noticed(member_id) == [(TOLD, 30, 100), (TOLD, 7, 50)]
    assert expiry.noticed(spender) == [(TOLD, 30, 80)]


def test_a_missed_day_is_caught_up_until_the_next_notice_is_due(expiry: ExpiryLedger, member_id: str):
    expiry.at(days_before(12))
    expiry.notify()
    notified_every_day(expiry, days_before(3), days_before(3))

    assert expiry.noticed(member_id) == [(TOLD, 30, 100), (TOLD, 7, 100)]


def test_the_last_notice_is_caught_up_on_the_last_day_and_not_later(expiry: ExpiryLedger, member_id: str):
    expiry.at(LAST_DAY)
    expiry.notify()
    on_the_day = expiry.noticed(member_id)
    late = expiry.member()
    expiry.grant(late, 9, LAST_DAY)
    expiry.at(LAST_DAY + timedelta(days=1))

    assert expiry.notify() == 0
    assert (on_the_day, expiry.noticed(late)) == ([(TOLD, 1, 100)], [])


def test_a_clock_that_goes_back_gives_no_earlier_notice_and_none_twice(expiry: ExpiryLedger, member_id: str):
    for days in (7, 8, 7, 8, 1, 7):
        expiry.at(days_before(days))
        expiry.notify()

    assert expiry.noticed(member_id) == [(TOLD, 7, 100), (TOLD, 1, 100)]


def test_a_clock_that_is_ahead_of_the_database_gives_none_early(expiry: ExpiryLedger):
    [(today,)] = expiry.fetch("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
    member_id = expiry.member()
    expiry.grant(member_id, 9, today + timedelta(days=31))
    expiry.at(today + timedelta(days=1))

    too_early = expiry.notify()
    expiry.at(today)

    assert (too_early, expiry.notify()) == (0, 0)


@pytest.mark.parametrize(("hour", "told"), [(0, 0), (8, 0), (9, 1), (20, 1), (21, 0), (23, 0)])
def test_nobody_is_told_at_night(expiry: ExpiryLedger, member_id: str, hour: int, told: int):
    expiry.at(days_before(30), hour=hour)

    assert expiry.notify() == told


def test_ops_change_which_notices_are_given(expiry: ExpiryLedger, member_id: str):
    expiry.execute(
        "INSERT INTO expiry_notice (days_before, given, effective_from, actor) VALUES"
        " (7, false, '2024-12-01', 'migration'), (14, true, '2024-12-01', 'migration'),"
        " (3, true, '2024-12-31', 'migration')"
    )

    notified_every_day(expiry, days_before(31), LAST_DAY)

    assert [days for _, days, _ in expiry.noticed(member_id)] == [30, 14, 1]


def test_who_has_cancelled_is_not_told_and_who_is_suspended_is(expiry: ExpiryLedger, member_id: str):
    cancelled, suspended = expiry.member(5), expiry.member(6)
    for one, state in ((cancelled, "cancelled"), (suspended, "suspended")):
        expiry.execute("UPDATE holder SET state = :state WHERE member_id = :id", state=state, id=one)
        expiry.execute("UPDATE account SET status = 'frozen' WHERE owner = :id", id=one)
    expiry.at(days_before(30))

    assert expiry.notify() == 2
    assert (expiry.noticed(cancelled), expiry.noticed(suspended)) == ([], [(TOLD, 30, 6)])


def test_pools_are_added_up_and_coins_told_apart(expiry: ExpiryLedger, member_id: str):
    expiry.grant(member_id, 7, LAST_DAY, pool=4)
    expiry.grant(member_id, 3, LAST_DAY, unit="COIN")
    expiry.at(days_before(30))

    expiry.notify()

    told = [(event["data"]["unit"], event["data"]["postings"][0]["points"]) for event in notices_of(expiry)]
    assert sorted(told) == [("COIN", 3), ("PTS", 107)]


@pytest.fixture
def crowd(expiry: ExpiryLedger) -> list[str]:
    """Eleven members, told in chunks of three."""
    expiry.set("expiry_notice_wallets", 3)
    members = [new_id("mbr") for _ in range(11)]
    for place, member in enumerate(members):
        expiry.grant(member, 10 + place, LAST_DAY)
        expiry.execute(
            "INSERT INTO holder (member_id, state, state_sequence, state_at, wallet_id)"
            " SELECT owner, 'active', 1, now(), id FROM account"
            " WHERE owner = :id AND kind = 'wallet' AND unit = 'PTS'",
            id=member,
        )
    expiry.at(days_before(30))
    return members


def everybody_once(expiry: ExpiryLedger, crowd: list[str]) -> None:
    assert [expiry.noticed(member_id) for member_id in crowd] == [[(TOLD, 30, 10 + n)] for n in range(11)]
    runs = expiry.fetch("SELECT state, chunks, wallets, points FROM expiry_notice_run")
    assert runs == [("done", 4, 11, sum(range(10, 21)))]


@pytest.mark.parametrize("commits", range(6))
def test_killed_between_chunks_everybody_is_told_once(expiry: ExpiryLedger, crowd: list[str], commits: int):
    assert die_doing(expiry.engine, notify_expiring, expiry.clock.now(), "commit", commits) == KILLED

    while expiry.notify() or not expiry.fetch("SELECT 1 FROM expiry_notice_run WHERE state = 'done'"):
        pass  # the server may need a moment to see that the dead process is gone

    everybody_once(expiry, crowd)


def test_several_at_once_tell_everybody_once(expiry: ExpiryLedger, crowd: list[str]):
    results = race(*[expiry.notify] * 4)
    expiry.notify()

    assert [result for result in results if isinstance(result, Exception)] == []
    everybody_once(expiry, crowd)


def test_without_time_nobody_is_told_and_the_next_call_goes_on(expiry: ExpiryLedger, crowd: list[str]):
    assert (expiry.notify(budget_s=0), expiry.notify()) == (0, 11)

    everybody_once(expiry, crowd)


def test_a_notice_that_did_not_get_through_is_overtaken_by_the_next(expiry: ExpiryLedger, crowd: list[str]):
    assert die_doing(expiry.engine, notify_expiring, expiry.clock.now(), "commit", 3) == KILLED

    expiry.at(days_before(7))
    while expiry.notify() or not expiry.fetch("SELECT 1 FROM expiry_notice_run WHERE state = 'done'"):
        pass

    assert [days for _, days, _ in expiry.noticed(crowd[0])] == [30, 7]
    assert [days for _, days, _ in expiry.noticed(crowd[10])] == [7]
    states = dict(expiry.fetch("SELECT days_before, state FROM expiry_notice_run"))
    assert states == {30: "overtaken", 7: "done"}
