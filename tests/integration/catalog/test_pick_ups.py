"""Goods that wait in a business hall: handed over once, to whoever has the code, or called off; never both."""

import json
from datetime import UTC, datetime
from functools import partial

import pytest
import sqlalchemy as sa

from services.catalog import contract
from services.catalog.contract import own_element
from services.catalog.ops import main
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.find_halls import find_halls
from services.catalog.usecases.hand_over import hand_over_goods, stop_hand_over
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.set_place_state import set_place_state
from services.catalog.usecases.settle_expired_reservations import settle
from services.chassis.clock import FixedClock
from services.chassis.ids import derived_id, new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, race
from tests.integration.catalog.hall import Hall
from tests.integration.catalog.shop import (
    bring_places,
    ended,
    movements_of,
    new_order,
    place_of,
    receive,
    reserve,
    status_of,
    stocked,
)
from tests.support.old_databases import database_from

engine = database_of("catalog")
NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
TRIES = 200


@pytest.fixture
def clock():
    return FixedClock(NOON)


@pytest.fixture
def hall(works):
    return Hall(works)


def stops(works, order_id):
    asked = {"request_id": f"{order_id}:stop", "order_id": order_id, "reason": "order_cancelled"}
    return works.once(contract.STOP_HAND_OVER, stop_hand_over, contract.STOP_HAND_OVER.load_request(asked))


def refusal(act, *arguments):
    with pytest.raises(Refused) as refused:
        act(*arguments)
    return refused.value.code


def collected(engine, order_id):
    return [event["data"] for event in emitted(engine, contract.PICK_UP_COLLECTED, order_id)]


def test_what_is_sold_waits_on_hand_and_leaves_with_its_buyer(engine, works, clock, hall):
    order_id, code = hall.prepares(2)
    assert (status_of(engine, order_id), hall.level) == ("waiting", (10, 2))
    assert len(code) == 8 and code.isdecimal()

    found = hall.finds(f"{code[:4]} {code[4:]}")
    clock.advance(hours=3)
    handed = hall.hands_over(code)

    assert (found["order_no"], found["goods"][0]["quantity"]) == (order_id[-8:].upper(), 2)
    assert (found["collected_at"], handed["collected_at"]) == (None, "2026-11-02T07:00:00.000Z")
    assert (status_of(engine, order_id), hall.level) == ("committed", (8, 0))
    assert movements_of(engine, hall.sku_id)[-1] == ("picked_up", -2)
    [told] = collected(engine, order_id)
    assert (told["member_id"], told["place_id"], told["key_id"]) == (
        derived_id("mbr", order_id),
        hall.place_id,
        hall.key_id,
    )


def test_all_of_it_has_to_lie_in_the_hall(works, hall):
    warehouse = place_of(works)
    receive(works, own_element(hall.sku_id), 5, warehouse)
    assert refusal(hall.sells, 11) == contract.STOCK_INSUFFICIENT
    hall.sells(10)


def test_a_second_time_is_refused_with_when_and_where_and_the_same_request_is_answered_again(works, hall):
    _, code = hall.prepares()
    first = hall.hands_over(code, "one")

    with pytest.raises(Refused) as refused:
        hall.hands_over(code, "two")

    assert refused.value.code == contract.COLLECTED_BEFORE
    assert refused.value.details == {"collected_at": "2026-11-02T04:00:00.000Z", "counter": hall.key_id}
    assert hall.hands_over(code, "one") == first
    assert hall.level == (9, 0)


def test_the_code_opens_nothing_in_another_hall(works, hall):
    _, code = hall.prepares()
    assert refusal(Hall(works).finds, code) == contract.CODE_UNKNOWN


def test_wrong_codes_lock_the_counter_for_a_while(works, clock, hall):
    _, code = hall.prepares()
    wrong = f"{(int(code) + 1) % 10**8:08}"
    refusals = [refusal(hall.hands_over if n % 2 else hall.finds, wrong) for n in range(11)]
    assert refusals == [contract.CODE_UNKNOWN] * 10 + [contract.COUNTER_LOCKED]
    assert refusal(hall.hands_over, code) == contract.COUNTER_LOCKED
    clock.advance(seconds=600)
    assert hall.hands_over(code)["collected_at"]


def test_orders_that_wait_in_one_hall_have_codes_of_their_own(works, hall):
    order_ids = [hall.sells() for _ in range(2)]
    numbers = iter([7, 7, 8])

    def random_bytes(size):
        return next(numbers).to_bytes(size, "big")

    for order_id in order_ids:
        works.run(lambda work, event: commit_confirmed_order(work, event, random_bytes), hall.confirmed(order_id))
    assert [hall.code_of(order_id) for order_id in order_ids] == ["00000007", "00000008"]


def test_a_code_that_was_used_up_may_come_again(works, hall):
    first, second = hall.sells(), hall.sells()
    same = {"random_bytes": lambda size: (7).to_bytes(size, "big")}
    works.run(lambda work, event: commit_confirmed_order(work, event, **same), hall.confirmed(first))
    hall.hands_over("00000007")
    works.run(lambda work, event: commit_confirmed_order(work, event, **same), hall.confirmed(second))
    assert hall.finds("00000007")["order_id"] == second


def test_the_list_of_a_hall_is_what_waits_there_the_longest_first_and_never_a_code(works, clock, hall):
    orders = []
    for _ in range(3):
        orders.append(hall.prepares())
        clock.advance(minutes=1)
    hall.hands_over(orders[1][1])

    first = hall.shows(limit=1)
    rest = hall.shows(after=first[0]["order_id"])

    assert [row["order_id"] for row in first + rest] == [orders[0][0], orders[2][0]]
    assert not any(code in str(hall.shows()) for _, code in orders)


def test_operators_see_what_waits_in_a_hall(engine, clock, hall, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_CATALOG", engine.url.render_as_string(hide_password=False))
    first = hall.prepares(1)[0]
    clock.advance(minutes=1)
    second = hall.prepares(2)[0]
    shown = []
    for words in ((), ("--most", "1"), ("--after", first)):
        assert main(["waiting", hall.place_id, *words, "--json"]) == 0
        page = json.loads(capsys.readouterr().out)
        shown.append([(one["order_id"], one["goods"][0]["quantity"]) for one in page])
    assert shown == [[(first, 1), (second, 2)], [(first, 1)], [(second, 2)]]


def test_a_stop_frees_what_waits_and_the_code_opens_nothing_any_more(engine, works, hall):
    order_id, code = hall.prepares(3)
    assert stops(works, order_id) == stops(works, order_id) == {"order_id": order_id, "units": 3}
    assert (status_of(engine, order_id), hall.level) == ("released", (10, 0))
    assert refusal(hall.hands_over, code) == contract.PICK_UP_CALLED_OFF
    works.apply(ended(order_id), release_ended_order)
    assert hall.level == (10, 0)


def test_a_stop_after_the_hand_over_is_refused(works, hall):
    order_id, code = hall.prepares()
    hall.hands_over(code)
    assert refusal(stops, works, order_id) == contract.COLLECTED_BEFORE


@pytest.mark.parametrize("reserved", [True, False])
def test_a_stop_that_comes_before_the_order_was_heard_of_bars_it(engine, works, hall, reserved):
    order_id = hall.sells() if reserved else new_order()
    stops(works, order_id)
    works.apply(hall.confirmed(order_id), commit_confirmed_order)
    assert (status_of(engine, order_id), hall.level, hall.shows()) == ("released", (10, 0), [])


def test_an_order_that_ended_without_a_stop_frees_what_waits(works, hall):
    order_id, code = hall.prepares()
    works.apply(ended(order_id), release_ended_order)
    assert hall.level == (10, 0)
    assert refusal(hall.finds, code) == contract.PICK_UP_CALLED_OFF


def test_a_reservation_that_ran_out_waits_in_the_same_hall_when_it_is_confirmed_after_all(engine, works, hall):
    order_id = hall.sells(2)
    works.run(settle, {"order_id": order_id, "order_status": "unknown"})
    works.apply(hall.confirmed(order_id, 2), commit_confirmed_order)
    assert (status_of(engine, order_id), hall.level) == ("waiting", (10, 2))


def test_one_that_nobody_reserved_for_waits_where_its_order_says(engine, works, hall):
    order_id = new_order()
    works.apply(hall.confirmed(order_id), commit_confirmed_order)
    assert (status_of(engine, order_id), hall.level) == ("waiting", (10, 1))


def test_a_sweep_that_finds_it_sold_lets_it_wait_and_the_confirmation_tells_the_code(engine, works, hall):
    order_id = hall.sells()
    works.run(settle, {"order_id": order_id, "order_status": "confirmed"})
    assert (status_of(engine, order_id), hall.shows()) == ("waiting", [])
    works.apply(hall.confirmed(order_id), commit_confirmed_order)
    assert [row["order_id"] for row in hall.shows()] == [order_id]


def test_hand_over_and_stop_at_once_end_in_one_of_them(engine, works):
    hall = Hall(works, TRIES)
    ends = set()
    for _ in range(TRIES):
        order_id, code = hall.prepares()
        handed, stopped = race(partial(hall.hands_over, code), partial(stops, works, order_id))
        if isinstance(handed, Exception):
            assert (handed.code, stopped["units"]) == (contract.PICK_UP_CALLED_OFF, 1)
        else:
            assert stopped.code == contract.COLLECTED_BEFORE
        status = status_of(engine, order_id)
        assert status == ("released" if isinstance(handed, Exception) else "committed")
        assert len(collected(engine, order_id)) == (status == "committed")
        ends.add(status)
    assert hall.level[1] == 0


def test_two_counters_of_one_hall_hand_it_over_once(works):
    hall = Hall(works, 50)
    for _ in range(50):
        _, code = hall.prepares()
        colleague = new_id("stk")
        asked = {"place_id": hall.place_id, "key_id": colleague, "code": code, "request_id": new_id("req")}
        outcomes = race(
            lambda code=code: hall.hands_over(code),
            lambda asked=asked: works.once(contract.HAND_OVER_GOODS, hand_over_goods, asked),
        )
        assert [one.code for one in outcomes if isinstance(one, Exception)] == [contract.COLLECTED_BEFORE]
    assert hall.level == (0, 0)


def halls_for(works, *lines, destination=None):
    basket = [{"sku_id": sku_id, "quantity": quantity} for sku_id, quantity in lines]
    asked = contract.FIND_HALLS.load_request({"lines": basket, "destination": destination})
    found = contract.FIND_HALLS.dump_reply(works.run(find_halls, asked))["halls"]
    return [(hall["place_id"], hall["km"]) for hall in found]


def test_halls_that_have_all_of_a_basket_the_nearest_first(works):
    cities = [
        {"province": "广东省", "city": "广州市", "latitude_e6": 23_129_000, "longitude_e6": 113_264_000},
        {"province": "广东省", "city": "深圳市", "latitude_e6": 22_543_000, "longitude_e6": 114_057_000},
    ]
    bring_places(works, localities=cities)
    here, there = place_of(works, "hall", city="深圳市"), place_of(works, "hall", city="广州市")
    nowhere, closed = place_of(works, "hall", province="某省", city="无名市"), place_of(works, "hall")
    sku_id = stocked(works, 9)
    for place_id, units in ((here, 2), (there, 5), (nowhere, 5), (closed, 5)):
        receive(works, own_element(sku_id), units, place_id)

    close = {"request_id": new_id("req"), "place_id": closed, "state": "closed", "reason": "test"}
    works.once(contract.SET_PLACE_STATE, set_place_state, close)

    shenzhen = {"province": "广东省", "city": "深圳市"}
    assert halls_for(works, (sku_id, 2), destination=shenzhen) == [(here, 0), (there, 104), (nowhere, None)]
    assert halls_for(works, (sku_id, 1), (sku_id, 2), destination=shenzhen) == [(there, 104), (nowhere, None)]
    reserve(works, new_order(), (sku_id, 4), hall=there, waits=True)
    assert halls_for(works, (sku_id, 3)) == [(nowhere, None)]


def test_reservations_of_before_wait_nowhere():
    columns = "order_id, status, expires_at, opened_at, changed_at"
    rows = f"INSERT INTO reservation ({columns}) VALUES ('ord_1', 'held', now(), now(), now())"  # noqa: S608
    with database_from("catalog", "0016", rows) as old, old.connect() as connection:
        found = connection.execute(sa.text("SELECT status, waits FROM reservation")).one()
    assert tuple(found) == ("held", False)
