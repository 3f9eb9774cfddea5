"""Where an order's units come from: near warehouses, the hall that its buyer comes to, as operators have decided."""

import random
from functools import partial

import pytest

from services.catalog import contract
from services.catalog.contract import (
    PLACE_CLOSED,
    PLACE_UNKNOWN,
    POLICY_BACKDATED,
    POLICY_DECIDED_BEFORE,
    STOCK_INSUFFICIENT,
    own_element,
)
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.get_goods import get_goods
from services.catalog.usecases.set_allocation_policy import set_allocation_policy
from services.catalog.usecases.set_place_state import set_place_state
from services.catalog.usecases.settle_expired_reservations import settle
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race, works_on
from tests.integration.catalog.shop import (
    bring_in,
    bring_places,
    broken_invariants,
    commit,
    confirmed,
    goods,
    new_order,
    place_of,
    receive,
    release,
    reserve,
    sku,
    status_of,
    stocked,
)

engine = database_of("catalog", each="function")
CITIES = {
    ("北京市", "北京市"): (39_904_200, 116_407_400),
    ("上海市", "上海市"): (31_230_400, 121_473_700),
    ("广东省", "广州市"): (23_129_100, 113_264_400),
    ("广东省", "深圳市"): (22_543_100, 114_057_900),
}
POLICY = {
    "strategy": "fewest_parcels",
    "parcel_weight": 1000,
    "distance_weight": 1,
    "priority_weight": 10,
    "stock_weight": 0,
    "unknown_km": 2000,
    "supplies_halls": True,
}


@pytest.fixture
def works(engine):
    works = works_on(engine)
    localities = [
        {"province": province, "city": city, "latitude_e6": north, "longitude_e6": east}
        for (province, city), (north, east) in CITIES.items()
    ]
    bring_places(works, localities=localities)
    yield works
    assert broken_invariants(works) == []


def place_in(works, province, city, **changes):
    return place_of(works, province=province, city=city, **{"priority": 1, **changes})


def spread(works, *units_by_place):
    """A SKU with so many units in each place and none elsewhere."""
    sku_id = stocked(works, 0)
    for place_id, units in units_by_place:
        receive(works, own_element(sku_id), units, place_id)
    return sku_id


def sources(answer):
    """Units by place, of orders of one element."""
    return {one["place_id"]: one["quantity"] for one in answer["sources"]}


def to(province, city):
    return {"destination": {"province": province, "city": city}}


def decide(works, starting=None, **changes):
    told = {"request_id": new_id("req"), "effective_from": starting, "reason": "test", **POLICY, **changes}
    return works.once(
        contract.SET_ALLOCATION_POLICY,
        set_allocation_policy,
        contract.SET_ALLOCATION_POLICY.load_request(told),
    )


def close(works, place_id):
    told = {"request_id": new_id("req"), "place_id": place_id, "state": "closed", "reason": "test"}
    works.once(contract.SET_PLACE_STATE, set_place_state, told)


def test_the_nearest_warehouse_that_has_all_sends_it(works):
    north, south = place_in(works, "北京市", "北京市"), place_in(works, "广东省", "广州市")
    sku_id = spread(works, (north, 10), (south, 4))
    assert sources(reserve(works, new_order(), (sku_id, 2), **to("广东省", "深圳市"))) == {south: 2}
    assert sources(reserve(works, new_order(), (sku_id, 2), **to("北京市", "北京市"))) == {north: 2}
    assert sources(reserve(works, new_order(), (sku_id, 3), **to("广东省", "深圳市"))) == {north: 3}


def test_a_city_that_nobody_knows_is_in_the_middle_of_its_province_and_nowhere_is_anywhere(works):
    first, south = place_in(works, "北京市", "北京市", priority=0), place_in(works, "广东省", "广州市")
    sku_id = spread(works, (first, 10), (south, 10))
    assert sources(reserve(works, new_order(), (sku_id, 1), **to("广东省", "潮州市"))) == {south: 1}
    assert sources(reserve(works, new_order(), (sku_id, 1), **to("月球", "静海"))) == {first: 1}
    assert sources(reserve(works, new_order(), (sku_id, 1))) == {first: 1}


def test_a_closed_warehouse_sends_nothing_and_is_not_in_stock(works):
    north, south = place_in(works, "北京市", "北京市"), place_in(works, "广东省", "广州市")
    one = sku(0)
    listing = goods(skus=[one])
    bring_in(works, listing)
    for place_id in (north, south):
        receive(works, own_element(one["sku_id"]), 3, place_id)
    close(works, south)
    asked = contract.GET_GOODS.load_request({"goods_id": listing["goods_id"]})
    assert works.run(get_goods, asked)["skus"][0]["in_stock"] == 3
    assert sources(reserve(works, new_order(), (one["sku_id"], 3), **to("广东省", "广州市"))) == {north: 3}
    with pytest.raises(Refused) as refusal:
        reserve(works, new_order(), (one["sku_id"], 1))
    assert refusal.value.code == STOCK_INSUFFICIENT


def test_what_was_promised_before_a_place_closed_is_kept(works):
    place_id = place_in(works, "北京市", "北京市")
    sku_id, order_id = spread(works, (place_id, 3)), new_order()
    first = reserve(works, order_id, (sku_id, 3))
    close(works, place_id)
    assert reserve(works, order_id, (sku_id, 3)) == first
    assert commit(works, order_id)["units"] == 3


def test_a_pick_up_comes_from_its_hall_and_what_that_lacks_from_a_warehouse(works):
    north, south = place_in(works, "北京市", "北京市", priority=0), place_in(works, "广东省", "广州市")
    hall = place_in(works, "广东省", "深圳市", kind="hall")
    sku_id = spread(works, (north, 10), (south, 10), (hall, 2))
    assert sources(reserve(works, new_order(), (sku_id, 1), hall=hall)) == {hall: 1}
    assert sources(reserve(works, new_order(), (sku_id, 3), hall=hall)) == {hall: 1, south: 2}
    decide(works, supplies_halls=False)
    with pytest.raises(Refused) as refusal:
        reserve(works, new_order(), (sku_id, 1), hall=hall)
    assert refusal.value.details["shortages"][0]["available"] == 0


def test_what_lies_in_a_hall_is_not_sent(works):
    hall = place_in(works, "广东省", "深圳市", kind="hall")
    sku_id = spread(works, (hall, 5))
    with pytest.raises(Refused) as refusal:
        reserve(works, new_order(), (sku_id, 1), **to("广东省", "深圳市"))
    assert refusal.value.code == STOCK_INSUFFICIENT


def test_nothing_is_picked_up_where_no_open_hall_is(works):
    warehouse, hall = place_in(works, "北京市", "北京市"), place_in(works, "北京市", "北京市", kind="hall")
    sku_id = spread(works, (warehouse, 5))
    close(works, hall)
    for where, code in ((warehouse, PLACE_UNKNOWN), (new_id("whs"), PLACE_UNKNOWN), (hall, PLACE_CLOSED)):
        with pytest.raises(Refused) as refusal:
            reserve(works, new_order(), (sku_id, 1), hall=where)
        assert refusal.value.code == code


def test_codes_come_to_a_pick_up_from_anywhere(works):
    hall = place_in(works, "北京市", "北京市", kind="hall")
    phone, voucher = spread(works, (hall, 1)), stocked(works, 3, kind="virtual")
    answer = reserve(works, new_order(), (phone, 1), (voucher, 2), hall=hall)
    assert [one["place_id"] for one in answer["sources"] if one["element_id"] == own_element(phone)] == [hall]
    assert sum(one["quantity"] for one in answer["sources"]) == 3


def test_an_expired_pick_up_is_taken_again_from_its_hall(engine, works):
    hall, near = place_in(works, "北京市", "北京市", kind="hall"), place_in(works, "北京市", "北京市")
    sku_id, order_id = spread(works, (hall, 1), (near, 1)), new_order()
    first = reserve(works, order_id, (sku_id, 1), hall=hall)
    works.run(settle, {"order_id": order_id, "order_status": "unknown"})
    works.apply(confirmed(order_id, (sku_id, 1)), commit_confirmed_order)
    assert status_of(engine, order_id) == "committed"
    assert sources(first) == {hall: 1}
    assert reserve(works, order_id, (sku_id, 1))["sources"] == first["sources"]


def test_operators_decide_how_places_are_chosen(works):
    near, far = place_in(works, "广东省", "深圳市", priority=90), place_in(works, "北京市", "北京市")
    sku_id = spread(works, (near, 5), (far, 5))
    there = to("广东省", "深圳市")
    assert sources(reserve(works, new_order(), (sku_id, 1), **there)) == {near: 1}
    decide(works, priority_weight=100)
    assert sources(reserve(works, new_order(), (sku_id, 1), **there)) == {far: 1}
    decide(works, strategy="least_cost", parcel_weight=0, priority_weight=0)
    assert sources(reserve(works, new_order(), (sku_id, 5), **there)) == {near: 4, far: 1}


def test_a_policy_for_later_does_not_hold_yet_and_none_is_for_the_past(works):
    near, far = place_in(works, "广东省", "深圳市", priority=90), place_in(works, "北京市", "北京市")
    sku_id = spread(works, (near, 5), (far, 5))
    later = decide(works, "2999-01-01T00:00:00+08:00", priority_weight=100)
    assert later["policies"][0]["priority_weight"] == 100
    assert sources(reserve(works, new_order(), (sku_id, 1), **to("广东省", "深圳市"))) == {near: 1}
    for starting, code in (
        ("2999-01-01T00:00:00+08:00", POLICY_DECIDED_BEFORE),
        ("2020-01-01T00:00:00+08:00", POLICY_BACKDATED),
    ):
        with pytest.raises(Refused) as refusal:
            decide(works, starting)
        assert refusal.value.code == code


def test_baskets_over_several_places_in_any_order_never_deadlock_and_never_oversell(engine, works):
    places = [place_in(works, *city) for city in CITIES]
    skus = [spread(works, *((place_id, 25) for place_id in places)) for _ in range(5)]
    seed, cities = random.Random(5), sorted(CITIES)

    def fifteen_baskets(dice):
        units = 0
        for _ in range(15):
            order_id = new_order()
            basket = [(sku_id, dice.randint(1, 4)) for sku_id in dice.sample(skus, 3)]
            try:
                reserve(works, order_id, *basket, **to(*dice.choice(cities)))
            except Refused as refusal:
                assert refusal.code == STOCK_INSUFFICIENT
                continue
            if dice.random() < 0.2:
                release(works, order_id)
            else:
                commit(works, order_id)
                units += sum(quantity for _, quantity in basket)
        return units

    sold = race(*(partial(fifteen_baskets, random.Random(seed.random())) for _ in range(8)), patience_s=120)
    assert all(isinstance(units, int) for units in sold), sold
    with engine.connect() as connection:
        left = connection.exec_driver_sql("SELECT sum(on_hand), sum(reserved) FROM stock_level").one()
    assert tuple(left) == (5 * 100 - sum(sold), 0)
