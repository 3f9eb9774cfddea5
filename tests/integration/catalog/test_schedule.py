"""Goods come on sale and leave at instants that are rows; nobody is on sale twice, and goods of a segment are gated."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from services.catalog import contract
from services.catalog.contract import (
    GOODS_NOT_ON_SALE,
    GOODS_UNKNOWN,
    SCHEDULE_BACKDATED,
    SCHEDULE_OVERLAPS,
    SEGMENT_NEEDED,
)
from services.catalog.ops import main
from services.catalog.usecases.list_goods import list_goods
from services.catalog.usecases.schedule_sale import end_sale, list_sale_windows, schedule_sale
from services.chassis.clock import FixedClock
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race, works_on
from tests.integration.catalog.shop import bring_in, broken_invariants, goods, quoted, seen

engine = database_of("catalog")
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def works(engine):
    works = works_on(engine, clock=FixedClock(NOON))
    yield works
    assert broken_invariants(works) == []


@pytest.fixture
def one(works):
    """On sale from now on."""
    brought = goods()
    bring_in(works, brought)
    return brought


def at(**later):
    return (NOON + timedelta(**later)).isoformat()


def schedule(works, one, begins_at=None, ends_at=None):
    wish = {"goods_id": one["goods_id"], "begins_at": begins_at, "ends_at": ends_at, "reason": "plan"}
    request = contract.SCHEDULE_SALE.load_request({"request_id": new_id("req"), **wish})
    return works.once(contract.SCHEDULE_SALE, schedule_sale, request)


def end(works, one, ends_at=None):
    wish = {"goods_id": one["goods_id"], "ends_at": ends_at, "reason": "recall"}
    return works.once(
        contract.END_SALE, end_sale, contract.END_SALE.load_request({"request_id": new_id("req"), **wish})
    )


def is_on_sale(works, one):
    [thing] = one["skus"]
    try:
        quoted(works, (thing["sku_id"], 1, thing["prices"][0]["price_id"]))
    except Refused as refusal:
        assert refusal.code == GOODS_NOT_ON_SALE
        with pytest.raises(Refused, match=GOODS_UNKNOWN):
            seen(works, one["goods_id"])
        return False
    return bool(seen(works, one["goods_id"]))


def test_goods_leave_and_come_back_at_the_instant(works, one):
    end(works, one, at(hours=1))
    schedule(works, one, at(hours=3), at(hours=4))
    on_sale = []
    for _ in range(6):
        on_sale.append(is_on_sale(works, one))
        works.clock.advance(hours=1)
    assert on_sale == [True, False, False, True, False, False]


def test_what_was_done_and_why_stays_on_record(works, one):
    end(works, one)
    told = schedule(works, one, at(hours=3))["windows"]
    assert told[0]["begins_at"] == told[0]["ends_at"]
    assert [(w["opened_because"], w["ended_because"]) for w in told] == [("imported", "recall"), ("plan", None)]
    listed = contract.LIST_SALE_WINDOWS.dump_reply(works.run(list_sale_windows, {"goods_id": one["goods_id"]}))
    assert listed["windows"] == told


def test_what_was_taken_off_sale_stays_off_when_it_is_imported_again(works, one):
    works.clock.advance(hours=1)
    end(works, one)
    bring_in(works, {**one, "name_zh": "新名"})
    assert not is_on_sale(works, one)
    bring_in(works, {**one, "on_sale_from": at(hours=2)})
    works.clock.advance(hours=1)
    assert is_on_sale(works, one)


def test_goods_that_come_back_are_the_newest_again(works, one):
    works.clock.advance(minutes=1)
    other = goods()
    bring_in(works, other)
    end(works, one)
    works.clock.advance(minutes=1)
    schedule(works, one)
    page = works.run(list_goods, contract.LIST_GOODS.load_request({"limit": 2}))
    assert [card["goods_id"] for card in page["goods"]] == [one["goods_id"], other["goods_id"]]


def test_ending_calls_off_what_was_planned_for_later(works, one):
    end(works, one, at(hours=1))
    schedule(works, one, at(hours=3), at(hours=4))
    end(works, one, at(minutes=30))
    works.clock.advance(hours=3)
    assert not is_on_sale(works, one)
    with pytest.raises(Refused, match=GOODS_NOT_ON_SALE):
        end(works, one)


def test_what_overlaps_is_backdated_or_unknown_is_refused(works, one):
    for wrong, code in (
        (partial(schedule, works, one, at(hours=3)), SCHEDULE_OVERLAPS),
        (partial(schedule, works, one, at(hours=-1)), SCHEDULE_BACKDATED),
        (partial(schedule, works, one, None, at(hours=-1)), SCHEDULE_BACKDATED),
        (partial(end, works, one, at(seconds=-1)), SCHEDULE_BACKDATED),
        (partial(schedule, works, goods()), GOODS_UNKNOWN),
        (partial(end, works, goods()), GOODS_UNKNOWN),
    ):
        with pytest.raises(Refused) as refusal:
            wrong()
        assert refusal.value.code == code


def test_of_many_who_schedule_the_same_time_one_wins(works, one):
    end(works, one)
    outcomes = race(*[partial(schedule, works, one, at(hours=1), at(hours=2))] * 8)
    refusals = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
    assert refusals == [SCHEDULE_OVERLAPS] * 7


def test_goods_of_a_segment_are_shown_as_such_and_sold_to_it_alone(works):
    gated = goods(segment="student")
    bring_in(works, gated)
    [thing] = gated["skus"]
    wish = (thing["sku_id"], 1, thing["prices"][0]["price_id"])
    with pytest.raises(Refused) as refusal:
        quoted(works, wish, member_segments=["family"])
    assert (refusal.value.code, refusal.value.details) == (SEGMENT_NEEDED, {"sku_ids": [thing["sku_id"]]})
    assert quoted(works, wish, member_segments=["student"])["points"] == 1000
    assert seen(works, gated["goods_id"])["segment"] == "student"


def test_operators_type_it(engine, works, one, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_CATALOG", engine.url.render_as_string(hide_password=False))
    assert main(["sale", "schedule", one["goods_id"], "--from", "2099-01-01T00:00:00Z", "--because", "x"]) == 1
    assert SCHEDULE_OVERLAPS in capsys.readouterr().err
    assert main(["sale", "end", one["goods_id"], "--at", "2098-01-01T00:00:00Z", "--because", "over"]) == 0
    assert main(["sale", "list", one["goods_id"]]) == 0
    assert "ended_because=over" in capsys.readouterr().out.splitlines()[-1]
