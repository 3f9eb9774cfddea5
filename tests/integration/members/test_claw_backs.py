"""Points that were clawed back do not count towards a tier: once, and from the month they were earned in."""

import pytest

from services.chassis.ids import new_id
from services.chassis.testkit import emitted, race
from services.members import contract
from services.members.usecases.discount_qualifying_points import NotCountedYet


@pytest.fixture
def member_id(desk, subscriber):
    line = subscriber()
    desk.import_all(line)
    [row] = desk.rows("SELECT member_id FROM member WHERE subscriber_no = :n", n=line["subscriber_no"])
    return row.member_id


def months(desk, member_id):
    query = "SELECT to_char(month, 'YYYY-MM'), points FROM qualifying_month WHERE member_id = :m ORDER BY month"
    return [tuple(row) for row in desk.rows(query, m=member_id)]


def points(desk, member_id):
    return desk.rows("SELECT qualifying_points FROM member WHERE member_id = :m", m=member_id)[0][0]


def test_they_are_taken_off_the_month_they_were_earned_in(desk, member_id):
    desk.accrue([(member_id, 100)], on="2026-09-30")
    desk.accrue([(member_id, 100)], on="2026-10-31")

    desk.claw_back(member_id, 30, "2026-09-12")

    assert months(desk, member_id) == [("2026-09", 70), ("2026-10", 100)]
    assert points(desk, member_id) == 170


def test_a_month_that_does_not_suffice_goes_and_earlier_ones_give_the_rest_before_later_ones(desk, member_id):
    for month in ("2026-08", "2026-09", "2026-10"):
        desk.accrue([(member_id, 100)], on=f"{month}-15")

    desk.claw_back(member_id, 150, "2026-09-12")
    assert months(desk, member_id) == [("2026-08", 50), ("2026-10", 100)]

    desk.claw_back(member_id, 60, "2026-09-12")
    assert months(desk, member_id) == [("2026-10", 90)]
    assert points(desk, member_id) == 90


def test_the_tier_stays_until_its_period_ends(desk, member_id):
    desk.accrue([(member_id, 5_000)])

    desk.claw_back(member_id, 1_000)

    [row] = desk.rows("SELECT tier, qualifying_points FROM member WHERE member_id = :m", m=member_id)
    assert tuple(row) == ("blue", 4_000)
    assert len([e for e in emitted(desk.engine, contract.TIER_CHANGED) if e["subject"] == member_id]) == 1


def test_the_same_event_twice_or_at_once_counts_once(desk, member_id):
    desk.accrue([(member_id, 100)])

    told = race(*[lambda: desk.claw_back(member_id, 30, event_id=f"evt_{member_id[4:]}")] * 3)

    assert sorted(told) == [False, False, True]
    assert points(desk, member_id) == 70


def test_one_that_overtakes_its_accrual_waits_for_it(desk, member_id):
    with pytest.raises(NotCountedYet):
        desk.claw_back(member_id, 30, event_id="evt_early")
    desk.accrue([(member_id, 100)])

    assert desk.claw_back(member_id, 30, event_id="evt_early") is True
    assert points(desk, member_id) == 70


def test_coins_never_counted(desk, member_id):
    desk.accrue([(member_id, 100)])

    desk.claw_back(member_id, 30, unit="COIN")

    assert points(desk, member_id) == 100


def test_who_is_not_known_here_is_left_out(desk):
    assert desk.claw_back(new_id("mbr"), 30) is True
