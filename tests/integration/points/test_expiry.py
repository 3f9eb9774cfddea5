"""What has expired is booked: exactly what is free, once, on its day, told and counted."""

from datetime import date

import pytest
import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted
from services.points import contract
from services.points.usecases.check_invariants import check_invariants
from tests.integration.points.expiry_story import LAST_DAY, NEXT_DAY, NOTHING, ExpiryLedger

engine = database_of("points", each="function")
TOLD = "2024-12-31"


def test_points_are_booked_when_their_last_day_is_over(expiry: ExpiryLedger):
    member_id = expiry.member(100)
    expiry.accrue(member_id, 30, source="survey")

    expiry.at(LAST_DAY, hour=23, minute=59)
    too_early = expiry.expire()
    expiry.at(NEXT_DAY, hour=0)
    booked, again = expiry.expire(), expiry.expire()

    assert (too_early, again) == (NOTHING, NOTHING)
    assert (booked["buckets"], booked["points"]) == (1, 100)
    assert expiry.balance(member_id)["available"] == 30
    assert expiry.balance(member_id)["expiring"] == [{"expires_on": "2025-12-31", "points": 30}]
    assert expiry.booked(member_id) == {TOLD: 100}
    assert expiry.lost(member_id) == [{"member_id": member_id, "points": 100, "available": 30, "on": TOLD}]


def test_the_statement_says_what_expired_and_when(expiry: ExpiryLedger):
    member_id = expiry.member(100)
    expiry.at(date(2025, 1, 3))

    expiry.expire()

    line = expiry.statement(member_id)[0]
    assert (line["kind"], line["points"], line["balance"]) == ("expiry", -100, 0)
    assert (line["reference"], line["effective_on"]) == (TOLD, TOLD)


def test_what_left_wallets_is_on_breakage_one_leg_a_chunk_and_unit(expiry: ExpiryLedger):
    members = [expiry.member(7), expiry.member(5)]
    expiry.at(NEXT_DAY)

    expiry.expire()

    legs = expiry.fetch(
        "SELECT account.owner, entry.unit, sum(amount), count(*) FROM entry JOIN journal ON journal.id = journal_id"
        " JOIN account ON account.id = account_id WHERE journal.kind = 'expiry' GROUP BY 1, 2"
    )
    assert sorted(legs) == sorted([("breakage", "PTS", 12, 1), (members[0], "PTS", -7, 1), (members[1], "PTS", -5, 1)])


def test_a_wallet_with_nothing_left_loses_nothing_and_its_empty_bucket_goes(expiry: ExpiryLedger):
    member_id = expiry.member(100)
    expiry.spend(member_id, 100)
    expiry.at(NEXT_DAY)

    booked = expiry.expire()

    assert (booked["buckets"], booked["points"]) == (0, 0)
    assert (expiry.buckets(member_id), expiry.booked(member_id), expiry.lost(member_id)) == ({}, {}, [])


def test_frozen_wallets_expire_as_well(expiry: ExpiryLedger):
    member_id = expiry.member(40)
    expiry.execute("UPDATE account SET status = 'frozen' WHERE owner = :owner", owner=member_id)
    expiry.execute("UPDATE holder SET state = 'suspended' WHERE member_id = :owner", owner=member_id)
    expiry.at(NEXT_DAY)

    expiry.expire()

    assert expiry.booked(member_id) == {TOLD: 40}


def test_coins_and_points_of_one_chunk_are_told_apart(expiry: ExpiryLedger):
    member_id = expiry.member(40)
    expiry.grant(member_id, 9, LAST_DAY, unit="COIN")
    expiry.at(NEXT_DAY)

    booked = expiry.expire()

    assert (booked["points"], booked["coins"]) == (40, 9)
    assert expiry.booked(member_id, unit="COIN") == {TOLD: 9}
    told = [event["data"] for event in emitted(expiry.engine, contract.POINTS_EXPIRED)][-2:]
    assert [(data["unit"], data["postings"][0]["points"]) for data in told] == [("COIN", 9), ("PTS", 40)]


def test_pools_of_one_day_are_one_loss_of_the_member(expiry: ExpiryLedger):
    member_id = expiry.member()
    expiry.grant(member_id, 9, LAST_DAY, unit="COIN")
    expiry.grant(member_id, 4, LAST_DAY, pool=3, unit="COIN")
    expiry.at(NEXT_DAY)

    booked = expiry.expire()

    assert (booked["wallets"], booked["buckets"], booked["coins"]) == (1, 2, 13)
    assert expiry.lost(member_id) == [{"member_id": member_id, "points": 13, "available": 0, "on": TOLD}]


def test_expired_points_are_not_spendable_however_late_the_job(expiry: ExpiryLedger):
    member_id = expiry.member(100)
    expiry.at(date(2025, 3, 1))

    with pytest.raises(Refused, match="insufficient"):
        expiry.hold(member_id, 1)

    assert expiry.available(member_id) == 0
    assert expiry.balance(member_id)["expiring"] == []


def test_days_that_were_missed_are_booked_each_as_its_own(expiry: ExpiryLedger):
    member_id = expiry.member(100)
    expiry.accrue(member_id, 8, source="check_in")
    expiry.at(date(2025, 6, 1))

    expiry.expire()

    assert expiry.booked(member_id) == {TOLD: 100, "2025-01-20": 8}
    assert sorted(one["on"] for one in expiry.lost(member_id)) == [TOLD, "2025-01-20"]
    assert [one["available"] for one in expiry.lost(member_id)] == [0, 0]  # never what is expired and not yet booked


def test_a_large_day_is_booked_in_chunks_and_counted(expiry: ExpiryLedger, small_chunks: None):
    members = [expiry.member(10 + n) for n in range(7)]
    expiry.at(NEXT_DAY)
    sums = []

    booked = expiry.expire(told=lambda counts: sums.append(counts.points))

    assert (booked["chunks"], booked["wallets"], booked["points"]) == (3, 7, 91)
    assert sums == [10 + 11 + 12, 10 + 11 + 12 + 13 + 14 + 15, 91]
    assert [expiry.booked(member_id) for member_id in members] == [{TOLD: 10 + n} for n in range(7)]


def test_who_has_no_time_left_begins_no_chunk_and_the_next_call_goes_on(expiry: ExpiryLedger, small_chunks: None):
    for n in range(5):
        expiry.member(10 + n)
    expiry.at(NEXT_DAY)

    first = expiry.expire(budget_s=0)
    [(state,)] = expiry.fetch("SELECT state FROM expiry_run")
    second = expiry.expire()

    assert (first, state, second["points"]) == (NOTHING, "running", 60)


@pytest.fixture
def small_chunks(expiry: ExpiryLedger) -> None:
    expiry.set("expiry_chunk_wallets", 3)


def test_the_audit_finds_a_run_that_says_other_than_what_was_booked(expiry: ExpiryLedger):
    expiry.member(10)
    expiry.at(NEXT_DAY)
    expiry.expire()

    with expiry.works.begin() as work:
        before = found_in(work)
        work.execute(sa.text("UPDATE expiry_run SET points = points + 1"))
        after = found_in(work)
        work.connection.rollback()

    assert (before, after) == ([], [LAST_DAY])


def found_in(work: Work) -> list[date]:
    return next(each["found"] for each in check_invariants(work) if each["name"] == "expiry_is_booked_as_counted")
