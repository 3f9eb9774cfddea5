"""Places are rows that operators bring in and change; every change is kept with who made it and why."""

from functools import partial

import pytest
import sqlalchemy as sa

from services.catalog.contract import (
    LIST_PLACES,
    PLACE_CLOSED,
    PLACE_UNKNOWN,
    SET_PLACE_STATE,
    own_element,
)
from services.catalog.usecases.list_places import list_places
from services.catalog.usecases.set_place_state import set_place_state
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race, works_on
from tests.integration.catalog.shop import (
    bring_in,
    bring_places,
    broken_invariants,
    goods,
    level,
    place_of,
    receive,
    sku,
    stocked,
)

engine = database_of("catalog")
HALL = {
    "kind": "hall",
    "name_zh": "营业厅",
    "name_en": "Hall",
    "province": "北京市",
    "city": "北京市",
    "latitude_e6": 39_904_200,
    "longitude_e6": 116_407_400,
    "priority": 7,
}


@pytest.fixture
def works(engine):
    works = works_on(engine)
    yield works
    assert broken_invariants(works) == []


def told_of(engine, place_id):
    """[(version, state, reason, actor)]"""
    statement = sa.text(
        "SELECT version, told->>'state', reason, actor FROM place_change WHERE place_id = :id ORDER BY version"
    )
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(statement, {"id": place_id})]


def set_state(works, place_id, state, reason="盘点"):
    request = {"request_id": new_id("req"), "place_id": place_id, "state": state, "reason": reason}
    return works.once(SET_PLACE_STATE, set_place_state, request)


def test_a_place_is_brought_in_once_and_changed_later(engine, works):
    hall = {"place_id": new_id("whs"), **HALL}
    assert bring_places(works, hall) == {"places": 1, "localities": 0, "changed": 1}
    assert bring_places(works, hall)["changed"] == 0
    assert bring_places(works, {**hall, "priority": 8}, reason="离家近")["changed"] == 1
    assert told_of(engine, hall["place_id"]) == [(1, "open", "test", "test"), (2, "open", "离家近", "test")]
    (shown,) = [
        one for one in works.run(list_places, {"kind": "hall"})["places"] if one["place_id"] == hall["place_id"]
    ]
    assert shown.items() >= {**hall, "priority": 8, "state": "open", "version": 2, "changed_by": "test"}.items()


def test_the_first_warehouse_is_there_from_the_beginning(works):
    reply = LIST_PLACES.dump_reply(works.run(list_places, {"kind": "warehouse"}))
    first = reply["places"][0]
    assert (first["name_en"], first["city"], first["version"]) == ("Central warehouse", None, 1)


def test_nothing_comes_to_a_closed_place_and_what_is_there_stays(engine, works):
    place_id, sku_id = place_of(works), stocked(works, 1)
    receive(works, own_element(sku_id), 3, place_id)
    assert set_state(works, place_id, "closed")["state"] == "closed"
    with pytest.raises(Refused) as refusal:
        receive(works, own_element(sku_id), 1, place_id)
    assert refusal.value.code == PLACE_CLOSED
    set_state(works, place_id, "open")
    assert told_of(engine, place_id)[1:] == [(2, "closed", "盘点", "test"), (3, "open", "盘点", "test")]
    with engine.connect() as connection:
        there = sa.text("SELECT on_hand FROM stock_level WHERE place_id = :id")
        assert connection.execute(there, {"id": place_id}).scalar_one() == 3


def test_unknown_places_are_refused(works):
    with pytest.raises(Refused) as refusal:
        set_state(works, new_id("whs"), "closed")
    assert refusal.value.code == PLACE_UNKNOWN


def test_a_history_cannot_be_rewritten(engine, works):
    place_id = place_of(works)
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), engine.begin() as connection:
        connection.execute(sa.text("UPDATE place_change SET actor = 'x' WHERE place_id = :id"), {"id": place_id})


def test_of_many_imports_of_one_place_at_once_one_is_the_first(engine, works):
    hall = {"place_id": new_id("whs"), **HALL}
    outcomes = race(*[partial(bring_places, works, hall)] * 8)
    assert sorted(outcome["changed"] for outcome in outcomes) == [0] * 7 + [1]
    assert len(told_of(engine, hall["place_id"])) == 1


def test_opening_stock_is_not_opened_again_when_goods_arrive_elsewhere(engine, works):
    """The warehouse that is used first may be another one by the time of the second import."""
    one = goods(skus=[sku(5)])
    bring_in(works, one)
    place_of(works, priority=0)
    bring_in(works, one)
    assert level(engine, one["skus"][0]["sku_id"]) == (5, 0)
