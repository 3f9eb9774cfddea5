"""Limits of members: never gone beyond, whatever runs at once; given back with the reservation."""

import random
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from services.catalog import contract
from services.catalog.contract import GOODS_UNKNOWN, LIMIT_BACKDATED, LIMIT_MEMBER_NEEDED, LIMIT_REACHED, own_element
from services.catalog.ops import main
from services.catalog.usecases.commit_confirmed_order import ConfirmedOrderUnserved, commit_confirmed_order
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.set_limit import list_limits
from services.catalog.usecases.settle_expired_reservations import settle
from services.chassis.clock import FixedClock
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race, works_on
from tests.integration.catalog.shop import (
    bring_in,
    broken_invariants,
    bundled,
    confirmed,
    element,
    ended,
    goods,
    level,
    limit,
    new_order,
    release,
    reserve,
    seen,
    sku,
    stocked,
)

engine = database_of("catalog")
# Noon in China
NOON = datetime(2027, 3, 31, 4, tzinfo=UTC)


@pytest.fixture
def works(engine):
    works = works_on(engine, clock=FixedClock(NOON))
    yield works
    assert broken_invariants(works) == []


@pytest.fixture
def member():
    return new_id("mbr")


def refused(works, *lines, **changes):
    with pytest.raises(Refused) as refusal:
        reserve(works, new_order(), *lines, **changes)
    assert refusal.value.code == LIMIT_REACHED
    return refusal.value.details["limits"]


def used(engine, member):
    with engine.connect() as connection:
        statement = sa.text("SELECT used FROM limit_use WHERE member_id = :member ORDER BY limit_id, period_start")
        return list(connection.execute(statement, {"member": member}).scalars())


def test_a_member_gets_as_much_as_the_limit_and_the_refusal_explains_itself(engine, works, member):
    sku_id = stocked(works, 100)
    set_one = limit(works, sku_id, most=3)
    reserve(works, new_order(), (sku_id, 2), member_id=member)
    [reached] = refused(works, (sku_id, 2), member_id=member)
    said = {"limit_id": set_one["limit_id"], "subject": sku_id, "period": "day", "most": 3, "used": 2, "wanted": 2}
    assert reached == {**said, "ends_at": "2027-03-31T16:00:00.000Z"}
    reserve(works, new_order(), (sku_id, 1), member_id=member)
    assert (used(engine, member), level(engine, sku_id)) == ([3], (100, 3))
    reserve(works, new_order(), (sku_id, 3), member_id=new_id("mbr"))


def test_fifty_baskets_at_once_of_one_member_never_go_beyond_the_limit(engine, works, member):
    sku_id = stocked(works, 1_000)
    limit(works, sku_id, most=7)

    def buys():
        while True:
            try:
                return reserve(works, new_order(), (sku_id, 1), member_id=member)
            except sa.exc.TimeoutError:  # no database connection was free
                continue

    outcomes = race(*[buys] * 50, patience_s=120)
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [refusal.code for refusal in refusals] == [LIMIT_REACHED] * 43
    assert (used(engine, member), level(engine, sku_id)) == ([7], (1_000, 7))


def test_baskets_under_several_limits_are_taken_and_given_back_in_any_order_without_deadlock(engine, works):
    skus, members, seed = (
        [stocked(works, 10_000) for _ in range(5)],
        [new_id("mbr") for _ in range(2)],
        random.Random(3),
    )
    for sku_id in skus:
        limit(works, sku_id, 30, "month")
        limit(works, own_element(sku_id), 40, "ever")

    def twenty_baskets(dice):
        for _ in range(20):
            order_id, wishes = new_order(), [(sku_id, dice.randint(1, 3)) for sku_id in dice.sample(skus, 3)]
            try:
                reserve(works, order_id, *wishes, member_id=dice.choice(members))
            except Refused as refusal:
                assert refusal.code == LIMIT_REACHED
            if dice.random() < 0.7:
                works.apply(ended(order_id), release_ended_order)
        return "done"

    dice = [random.Random(seed.random()) for _ in range(12)]
    assert race(*(partial(twenty_baskets, one) for one in dice), patience_s=300) == ["done"] * 12
    for member in members:
        assert all(count <= 40 for count in used(engine, member))


def test_what_is_released_may_be_had_again(engine, works, member):
    sku_id, order_id = stocked(works), new_order()
    limit(works, sku_id, 1, "ever")
    reserve(works, order_id, (sku_id, 1), member_id=member)
    release(works, order_id)
    release(works, order_id)
    assert used(engine, member) == [0]
    reserve(works, new_order(), (sku_id, 1), member_id=member)
    assert refused(works, (sku_id, 1), member_id=member)[0]["ends_at"] is None


def test_what_is_confirmed_counts_until_it_is_cancelled(engine, works, member):
    sku_id, order_id = stocked(works), new_order()
    limit(works, sku_id, 1)
    reserve(works, order_id, (sku_id, 1), member_id=member)
    works.apply(confirmed(order_id, (sku_id, 1), member_id=member), commit_confirmed_order)
    refused(works, (sku_id, 1), member_id=member)
    works.apply(ended(order_id), release_ended_order)
    assert used(engine, member) == [0]


def test_an_expired_reservation_gives_back_and_its_late_confirmation_takes_again(engine, works, member):
    sku_id, order_id = stocked(works), new_order()
    limit(works, sku_id, 1)
    reserve(works, order_id, (sku_id, 1), member_id=member)
    works.run(settle, {"order_id": order_id, "order_status": "unknown"})
    assert used(engine, member) == [0]
    works.clock.advance(days=1)
    works.apply(confirmed(order_id, (sku_id, 1), member_id=member), commit_confirmed_order)
    assert used(engine, member) == [0, 1]


def test_a_confirmation_that_nobody_reserved_for_is_not_served_beyond_the_limit(engine, works, member):
    sku_id, order_id = stocked(works), new_order()
    limit(works, sku_id, 1)
    with pytest.raises(ConfirmedOrderUnserved, match=LIMIT_REACHED):
        works.apply(confirmed(order_id, (sku_id, 2), member_id=member), commit_confirmed_order)
    works.apply(confirmed(new_order(), (sku_id, 1), member_id=member), commit_confirmed_order)
    assert (used(engine, member), level(engine, sku_id)) == ([1], (9, 0))


def test_counting_begins_anew_with_the_day_and_with_the_month(works, member):
    daily, monthly = stocked(works), stocked(works)
    limit(works, daily, 1, "day")
    limit(works, monthly, 1, "month")
    reserve(works, new_order(), (daily, 1), (monthly, 1), member_id=member)
    works.clock.instant = datetime(2027, 3, 31, 15, 59, 59, tzinfo=UTC)
    assert len(refused(works, (daily, 1), (monthly, 1), member_id=member)) == 2
    works.clock.advance(seconds=1)  # midnight in China, and April
    reserve(works, new_order(), (daily, 1), (monthly, 1), member_id=member)
    works.clock.advance(days=1)
    assert [one["subject"] for one in refused(works, (daily, 1), (monthly, 1), member_id=member)] == [monthly]


def test_a_campaign_counts_in_its_window_alone(works, member):
    sku_id, begins = stocked(works), NOON + timedelta(hours=1)
    window = {"window_from": begins.isoformat(), "window_until": (begins + timedelta(days=40)).isoformat()}
    limit(works, sku_id, 1, "campaign", **window)
    reserve(works, new_order(), (sku_id, 1), member_id=member)
    works.clock.advance(hours=1)
    reserve(works, new_order(), (sku_id, 1), member_id=member)
    works.clock.advance(days=35)
    assert refused(works, (sku_id, 1), member_id=member)[0]["ends_at"] == "2027-05-10T05:00:00.000Z"
    works.clock.advance(days=5)
    reserve(works, new_order(), (sku_id, 1), member_id=member)


def test_goods_count_pieces_over_their_skus_and_elements_units_over_all_goods(works, member):
    one, other = sku(), sku()
    listing, case = goods(skus=[one, other]), element(100)
    bring_in(works, listing, elements=[case])
    pair, single = bundled(works, (case["element_id"], 2)), bundled(works, (case["element_id"], 1))
    limit(works, listing["goods_id"], 2)
    limit(works, case["element_id"], 3)
    assert refused(works, (one["sku_id"], 1), (other["sku_id"], 2), member_id=member)[0]["wanted"] == 3
    reserve(works, new_order(), (pair, 1), (one["sku_id"], 1), (other["sku_id"], 1), member_id=member)
    [reached] = refused(works, (pair, 1), member_id=member)
    assert (reached["subject"], reached["used"], reached["wanted"]) == (case["element_id"], 2, 2)
    reserve(works, new_order(), (single, 1), member_id=member)


def test_a_changed_limit_counts_on_and_a_lifted_one_binds_no_more(works, member):
    sku_id = stocked(works, 100)
    first = limit(works, sku_id, 5)
    reserve(works, new_order(), (sku_id, 4), member_id=member)
    later = (NOON + timedelta(minutes=2)).isoformat()
    works.clock.advance(minutes=1)
    assert limit(works, sku_id, 3)["limit_id"] == first["limit_id"]
    limit(works, sku_id, None, effective_from=later)
    assert refused(works, (sku_id, 1), member_id=member)[0]["used"] == 4
    listed = contract.LIST_LIMITS.dump_reply(works.run(list_limits, {"subject": sku_id}))["limits"]
    assert [(one["most"], one["actor"]) for one in listed] == [(3, "test"), (None, "test")]
    works.clock.advance(minutes=1)
    reserve(works, new_order(), (sku_id, 50), member_id=member)
    assert works.run(list_limits, {"subject": sku_id}) == {"limits": []}


def test_who_orders_has_to_be_said_only_where_there_is_a_limit(works):
    free, limited = stocked(works), stocked(works)
    limit(works, limited)
    reserve(works, new_order(), (free, 1))
    with pytest.raises(Refused, match=LIMIT_MEMBER_NEEDED):
        reserve(works, new_order(), (free, 1), (limited, 1))


def test_shoppers_see_the_limits_of_goods(works):
    one = sku()
    listing = goods(skus=[one])
    bring_in(works, listing)
    limit(works, own_element(one["sku_id"]), 9, "month")
    limit(works, listing["goods_id"], 2)
    limit(works, listing["goods_id"], 5, effective_from=(NOON + timedelta(days=1)).isoformat())
    shown = seen(works, listing["goods_id"])["limits"]
    subjects = {(listing["goods_id"], "day", 2), (own_element(one["sku_id"]), "month", 9)}
    assert {(limit["subject"], limit["period"], limit["most"]) for limit in shown} == subjects


def test_limits_are_of_what_there_is_and_of_time_to_come(works):
    with pytest.raises(Refused, match=GOODS_UNKNOWN):
        limit(works, new_id("elm"))
    with pytest.raises(Refused, match=LIMIT_BACKDATED):
        limit(works, stocked(works), effective_from=(NOON - timedelta(seconds=1)).isoformat())


def test_operators_type_limits(engine, works, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_CATALOG", engine.url.render_as_string(hide_password=False))
    sku_id = stocked(works)
    assert main(["limit", "set", sku_id, "--period", "ever", "--most", "1", "--because", "rare"]) == 0
    assert main(["limit", "list", sku_id]) == 0
    assert "period=ever most=1" in capsys.readouterr().out.splitlines()[-1]
    assert main(["limit", "set", sku_id, "--period", "campaign", "--most", "1", "--because", "rare"]) == 1
    assert "window_until" in capsys.readouterr().err
