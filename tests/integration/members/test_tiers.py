"""Points that were earned raise tiers: exactly once, whatever comes twice or at once."""

import random

import pytest

from services.chassis.ids import new_id
from services.chassis.testkit import emitted, race
from services.members import contract


@pytest.fixture
def members(desk, subscriber):
    """Ids of as many new members as asked for."""

    def make(count: int) -> list[str]:
        lines = [subscriber() for _ in range(count)]
        desk.import_all(*lines)
        numbers = [line["subscriber_no"] for line in lines]
        rows = desk.rows("SELECT member_id FROM member WHERE subscriber_no = ANY(:n) ORDER BY subscriber_no", n=numbers)
        return [row.member_id for row in rows]

    return make


def standing(desk, member_id):
    [row] = desk.rows("SELECT qualifying_points, tier FROM member WHERE member_id = :m", m=member_id)
    return row


def changes_of(desk, member_id):
    return [event for event in emitted(desk.engine, contract.TIER_CHANGED) if event["subject"] == member_id]


def test_points_below_a_threshold_count_and_change_no_tier(desk, members):
    [member_id] = members(1)
    desk.accrue([(member_id, 4999)])
    assert standing(desk, member_id) == (4999, "registered")
    assert changes_of(desk, member_id) == []


def test_the_point_that_reaches_a_threshold_raises_the_tier(desk, members):
    [member_id] = members(1)
    desk.accrue([(member_id, 4999)])
    desk.accrue([(member_id, 1)])

    [change] = changes_of(desk, member_id)
    assert change["data"] == {
        "member_id": member_id,
        "previous": "registered",
        "tier": "blue",
        "qualifying_points": 5000,
    }
    assert change["sequence"] == 2


def test_one_posting_across_two_thresholds_is_one_change(desk, members):
    [member_id] = members(1)
    desk.accrue([(member_id, 12_000)], event_id=f"evt_{member_id[4:]}")

    assert standing(desk, member_id) == (12_000, "gold")
    assert [change["data"]["tier"] for change in changes_of(desk, member_id)] == ["gold"]
    [row] = desk.rows("SELECT previous, tier, cause FROM tier_change WHERE member_id = :m", m=member_id)
    assert row == ("registered", "gold", f"evt_{member_id[4:]}")


def test_a_batch_that_comes_twice_counts_once(desk, members):
    ids = members(50)
    postings = [(member_id, 5000) for member_id in ids]
    event_id = new_id("evt")

    assert desk.accrue(postings, event_id=event_id) is True
    assert desk.accrue(postings, event_id=event_id) is False
    assert {standing(desk, member_id) for member_id in ids} == {(5000, "blue")}
    assert [len(changes_of(desk, member_id)) for member_id in ids] == [1] * 50


def test_a_batch_that_comes_twice_at_once_counts_once(desk, members):
    [member_id] = members(1)
    event_id = new_id("evt")
    assert sorted(race(*[lambda: desk.accrue([(member_id, 700)], event_id=event_id)] * 5)) == [False] * 4 + [True]
    assert standing(desk, member_id) == (700, "registered")


def test_several_postings_of_one_member_in_a_batch_all_count(desk, members):
    first, second = members(2)
    desk.accrue([(first, 3000), (second, 10), (first, 3000)])
    assert standing(desk, first) == (6000, "blue")
    assert standing(desk, second) == (10, "registered")


def test_batches_at_once_in_any_order_lose_no_point_and_no_change(desk, members):
    ids = members(40)
    shuffled = [random.Random(seed).sample(ids, 40) for seed in range(8)]
    results = race(*[lambda order=order: desk.accrue([(member_id, 1250) for member_id in order]) for order in shuffled])

    assert results == [True] * 8
    assert {standing(desk, member_id) for member_id in ids} == {(10_000, "gold")}
    tiers = [[change["data"]["tier"] for change in changes_of(desk, member_id)] for member_id in ids]
    assert tiers == [["blue", "gold"]] * 40


def test_a_full_batch_of_a_thousand(desk, members):
    ids = members(500) + members(500)
    desk.accrue([(member_id, 20_000 + place) for place, member_id in enumerate(ids)])
    assert standing(desk, ids[0]) == (20_000, "red")
    assert standing(desk, ids[999]) == (20_999, "red")


def test_a_member_who_is_not_known_here_stops_nobody(desk, members):
    [member_id] = members(1)
    desk.accrue([("mbr_" + "0" * 32, 5000), (member_id, 5000)])
    assert standing(desk, member_id) == (5000, "blue")


def test_a_cancelled_member_keeps_the_tier(desk, members):
    [member_id] = members(1)
    desk.change(member_id, "pre_cancel")
    desk.change(member_id, "cancel")
    desk.accrue([(member_id, 5000)])
    assert standing(desk, member_id) == (5000, "registered")


def test_points_are_kept_by_the_month_they_were_earned_in(desk, members):
    [member_id] = members(1)
    for day, points in (("2026-10-31", 100), ("2026-11-01", 20), ("2026-10-02", 3)):
        desk.accrue([(member_id, points)], on=day)
    rows = desk.rows("SELECT month::text, points FROM qualifying_month WHERE member_id = :m ORDER BY 1", m=member_id)
    assert rows == [("2026-10-01", 103), ("2026-11-01", 20)]


def test_a_new_tier_rule_holds_from_its_moment(desk, members):
    early, late = members(2)
    desk.run(
        "INSERT INTO tier_rule (tier, least_points, effective_from, actor)"
        " VALUES ('blue', 300, '2030-01-01Z', 'ops:lin')"
    )
    desk.accrue([(early, 300)])
    desk.clock.advance(days=365 * 5)
    desk.accrue([(late, 300)])
    assert (standing(desk, early).tier, standing(desk, late).tier) == ("registered", "blue")
