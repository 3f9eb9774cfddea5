"""Units on their way: they leave one place, arrive at another, are lost or come back, and are never in two places."""

import secrets
from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.catalog import contract
from services.catalog.contract import (
    CONSIGNMENT_LINES_WRONG,
    CONSIGNMENT_NOT_OPEN,
    CONSIGNMENT_UNKNOWN,
    PLACE_CLOSED,
    STOCK_INSUFFICIENT,
    STOCK_NOT_FREE,
    own_element,
)
from services.catalog.usecases.list_consignments import list_consignments
from services.catalog.usecases.move_consignment import (
    cancel_consignment,
    dispatch_consignment,
    receive_consignment,
)
from services.catalog.usecases.open_consignment import open_consignment
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, works_on
from services.chassis.testkit.interleaving import interleavings
from tests.integration.catalog.shop import (
    broken_invariants,
    element,
    new_order,
    place_of,
    receive,
    reserve,
    stocked,
)
from tests.integration.catalog.test_races import with_elements
from tests.support.refusals import refused

engine = database_of("catalog")
RECEIVE = partial(receive_consignment, random_bytes=secrets.token_bytes)


@pytest.fixture
def works(engine):
    works = works_on(engine)
    yield works
    assert broken_invariants(works) == []


class Road:
    """Ten units of one element in a warehouse, another warehouse and a hall without any."""

    def __init__(self, works, units=10):
        self.sku_id = stocked(works, 0)
        self.element_id = own_element(self.sku_id)
        self.here, self.there, self.hall = place_of(works), place_of(works), place_of(works, "hall")
        receive(works, self.element_id, units, self.here)

    def open(self, works, quantity=6, kind="transfer", **changes):
        ends = {"kind": kind, "from_place": self.here, "to_place": self.there}
        lines = [{"element_id": self.element_id, "quantity": quantity}]
        wish = {**ends, "lines": lines, "reason": "调拨", **changes}
        return done(works, contract.OPEN_CONSIGNMENT, open_consignment, wish)["consignment_id"]

    def on_its_way(self, works, quantity=6):
        consignment_id = self.open(works, quantity)
        dispatch(works, consignment_id)
        return consignment_id

    def came(self, works, consignment_id, units, is_last=False, key=""):
        lines = [{"element_id": self.element_id, "quantity": units}] if units else []
        told = {"consignment_id": consignment_id, "lines": lines, "is_last": is_last, "reason": "到货"}
        return done(works, contract.RECEIVE_CONSIGNMENT, RECEIVE, told, key)

    def levels(self, engine):
        """Units (here, there, in the hall)."""
        statement = sa.text("SELECT place_id, on_hand FROM stock_level WHERE element_id = :e")
        with engine.connect() as connection:
            found = {row.place_id: row.on_hand for row in connection.execute(statement, {"e": self.element_id})}
        return tuple(found.get(place_id, 0) for place_id in (self.here, self.there, self.hall))


def done(works, command, usecase, told, key=""):
    request = command.load_request({"request_id": key or new_id("req"), **told})
    return works.once(command, usecase, request)


def dispatch(works, consignment_id):
    return done(works, contract.DISPATCH_CONSIGNMENT, dispatch_consignment, {"consignment_id": consignment_id})


def cancel(works, consignment_id):
    told = {"consignment_id": consignment_id, "reason": "取消"}
    return done(works, contract.CANCEL_CONSIGNMENT, cancel_consignment, told)


def test_what_is_transferred_is_nowhere_until_it_arrives(engine, works):
    road = Road(works)
    consignment_id = road.open(works)
    assert road.levels(engine) == (10, 0, 0)
    assert dispatch(works, consignment_id)["status"] == "in_transit"
    assert road.levels(engine) == (4, 0, 0)
    refused(STOCK_INSUFFICIENT, reserve, works, new_order(), (road.sku_id, 5))
    received = road.came(works, consignment_id, 6)
    assert (received["status"], road.levels(engine)) == ("received", (4, 6, 0))


def test_it_may_arrive_in_parts_and_what_the_last_one_misses_is_lost(engine, works):
    road = Road(works)
    consignment_id = road.on_its_way(works)
    assert road.came(works, consignment_id, 2)["status"] == "in_transit"
    last = road.came(works, consignment_id, 3, is_last=True)
    assert (last["status"], last["lines"][0]) == (
        "received",
        {"element_id": road.element_id, "quantity": 6, "arrived": 5, "lost": 1},
    )
    assert road.levels(engine) == (4, 5, 0)
    statement = sa.text("SELECT kind, quantity FROM movement WHERE document_id = :c ORDER BY id")
    with engine.connect() as connection:
        moved = [tuple(row) for row in connection.execute(statement, {"c": consignment_id})]
    assert moved == [("transfer_out", -6), ("transfer_in", 2), ("transfer_in", 4), ("lost", -1)]


def test_no_more_can_arrive_than_is_on_its_way(engine, works):
    road = Road(works)
    consignment_id = road.on_its_way(works)
    road.came(works, consignment_id, 2)
    refused(CONSIGNMENT_LINES_WRONG, road.came, works, consignment_id, 5)
    assert road.levels(engine) == (4, 2, 0)


def test_the_same_receipt_again_is_one_receipt(engine, works):
    road, key = Road(works), new_id("req")
    consignment_id = road.on_its_way(works)
    assert road.came(works, consignment_id, 2, key=key) == road.came(works, consignment_id, 2, key=key)
    assert road.levels(engine) == (4, 2, 0)


def test_what_is_cancelled_on_its_way_comes_back(engine, works):
    road = Road(works)
    consignment_id = road.on_its_way(works)
    road.came(works, consignment_id, 1)
    assert cancel(works, consignment_id)["status"] == "cancelled"
    assert road.levels(engine) == (9, 1, 0)
    details = refused(CONSIGNMENT_NOT_OPEN, road.came, works, consignment_id, 1)
    assert details == {"status": "cancelled"}


def test_what_is_promised_does_not_leave(engine, works):
    road = Road(works)
    reserve(works, new_order(), (road.sku_id, 5))
    details = refused(STOCK_NOT_FREE, dispatch, works, road.open(works))
    assert details == {"shortages": [{"element_id": road.element_id, "wanted": 6, "available": 5}]}
    assert road.levels(engine) == (10, 0, 0)


def test_a_warehouse_hands_over_to_a_hall_at_one_counter(engine, works):
    road = Road(works)
    consignment_id = road.open(works, 4, "hand_over", to_place=road.hall)
    refused(CONSIGNMENT_NOT_OPEN, dispatch, works, consignment_id)
    assert road.came(works, consignment_id, 3, is_last=True)["status"] == "received"
    assert road.levels(engine) == (7, 0, 3)
    refused(CONSIGNMENT_LINES_WRONG, road.open, works, 1, "hand_over")
    too_much = road.open(works, 8, "hand_over", to_place=road.hall)
    refused(STOCK_NOT_FREE, road.came, works, too_much, 8)


def test_what_a_supplier_sends_is_received_as_it_comes_and_codes_are_made(engine, works):
    (voucher,) = with_elements(works, element(0, "code"))
    road = Road(works)
    lines = [{"element_id": voucher, "quantity": 5}, {"element_id": road.element_id, "quantity": 2}]
    consignment_id = road.open(works, kind="inbound", from_place=None, lines=lines)
    told = {"consignment_id": consignment_id, "lines": [{"element_id": voucher, "quantity": 4}]}
    last = {**told, "is_last": True, "reason": "到货"}
    assert done(works, contract.RECEIVE_CONSIGNMENT, RECEIVE, last)["status"] == "received"
    with engine.connect() as connection:
        codes = sa.text("SELECT count(*) FROM code WHERE element_id = :e")
        assert connection.execute(codes, {"e": voucher}).scalar_one() == 4


def test_what_cannot_be_opened(works):
    road, closed = Road(works), place_of(works, state="closed")
    (voucher,) = with_elements(works, element(1, "code"))
    wrong = partial(refused, CONSIGNMENT_LINES_WRONG, road.open, works)
    wrong(lines=[{"element_id": voucher, "quantity": 1}])
    wrong(lines=[{"element_id": new_id("elm"), "quantity": 1}])
    wrong(lines=[{"element_id": road.element_id, "quantity": 1}] * 2)
    wrong(to_place=road.here)
    wrong(from_place=None)
    wrong(kind="inbound")
    refused(PLACE_CLOSED, road.open, works, to_place=closed)
    refused(CONSIGNMENT_UNKNOWN, dispatch, works, new_id("csg"))


def test_consignments_are_listed_by_place_and_status(works):
    road = Road(works)
    first, second = road.open(works, 1), road.on_its_way(works, 2)
    asked = {"status": None, "place_id": road.there, "limit": 10}
    assert [one["consignment_id"] for one in works.run(list_consignments, asked)["consignments"]] == [second, first]
    on_the_way = works.run(list_consignments, {**asked, "status": "in_transit"})["consignments"]
    assert [(one["consignment_id"], one["lines"][0]["quantity"]) for one in on_the_way] == [(second, 2)]


def on(engine, works, deed, *arguments, **options):
    return lambda own: deed(replace(works, engine=own), *arguments, **options)


def outcomes_of(interleaving):
    assert not interleaving.deadlocked
    return [one.code if isinstance(one, Refused) else one["status"] for one in interleaving.results]


@pytest.mark.parametrize(
    ("first", "second", "lawful"),
    [
        ("rest", "rest", {(6, "received", CONSIGNMENT_NOT_OPEN), (6, CONSIGNMENT_NOT_OPEN, "received")}),
        ("rest", "cancel", {(6, "received", CONSIGNMENT_NOT_OPEN), (0, CONSIGNMENT_NOT_OPEN, "cancelled")}),
        ("half", "half", {(6, "in_transit", "received"), (6, "received", "in_transit")}),
        ("half", "cancel", {(3, "in_transit", "cancelled"), (0, CONSIGNMENT_NOT_OPEN, "cancelled")}),
        ("cancel", "cancel", {(0, "cancelled", CONSIGNMENT_NOT_OPEN), (0, CONSIGNMENT_NOT_OPEN, "cancelled")}),
    ],
)
def test_in_every_order_of_two_deeds_on_one_transfer_one_is_first(engine, works, first, second, lawful):
    def prepare():
        nonlocal road
        road = Road(works)
        consignment_id = road.on_its_way(works)
        deeds = {
            "rest": on(engine, works, road.came, consignment_id, 6),
            "half": on(engine, works, road.came, consignment_id, 3),
            "cancel": on(engine, works, cancel, consignment_id),
        }
        return [deeds[first], deeds[second]]

    road, seen = None, set()
    for interleaving in interleavings(engine, prepare):
        here, there, _ = road.levels(engine)
        assert here + there == 10
        seen.add((there, *outcomes_of(interleaving)))
    assert seen == lawful


def test_in_every_order_of_a_dispatch_and_a_sale_nothing_goes_twice(engine, works):
    def prepare():
        nonlocal road
        road = Road(works)
        consignment_id, order_id = road.open(works, 6), new_order()
        return [
            on(engine, works, dispatch, consignment_id),
            on(engine, works, reserve, order_id, (road.sku_id, 6)),
        ]

    road, seen = None, set()
    for interleaving in interleavings(engine, prepare):
        assert not interleaving.deadlocked
        seen.add(tuple(one.code if isinstance(one, Refused) else "done" for one in interleaving.results))
    assert seen == {("done", STOCK_INSUFFICIENT), (STOCK_NOT_FREE, "done")}


steps = st.lists(
    st.tuples(st.sampled_from(["open", "dispatch", "part", "last", "cancel"]), st.integers(0, 2)), max_size=12
)


@pytest.mark.timeout(300)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_whatever_happens_units_are_here_there_on_their_way_or_lost(engine, works, steps):
    road, known = Road(works, 9), []
    deeds = {
        "dispatch": lambda one: dispatch(works, one),
        "part": lambda one: road.came(works, one, 1),
        "last": lambda one: road.came(works, one, 2, is_last=True),
        "cancel": lambda one: cancel(works, one),
    }
    for deed, which in steps:
        if deed == "open":
            known.append(road.open(works, 4))
        elif which < len(known):
            try:
                deeds[deed](known[which])
            except Refused as refusal:
                assert refusal.code in (CONSIGNMENT_NOT_OPEN, STOCK_NOT_FREE)
    shown = works.run(list_consignments, {"status": None, "place_id": road.there, "limit": 100})["consignments"]
    lines = [(one["status"], one["lines"][0]) for one in shown]
    on_the_way = sum(line["quantity"] - line["arrived"] for status, line in lines if status == "in_transit")
    lost = sum(line["lost"] for _, line in lines)
    here, there, _ = road.levels(engine)
    assert here + there + on_the_way + lost == 9
    assert there == sum(line["arrived"] for _, line in lines)
    assert broken_invariants(works) == []
