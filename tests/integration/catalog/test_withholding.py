"""Single pieces of a confirmed order that do not go out: in stock again, and in the member's limits again."""

from datetime import UTC, datetime
from functools import partial

import pytest
import sqlalchemy as sa

from services.catalog import contract
from services.catalog.contract import own_element
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.withhold_pieces import NotConfirmedYet, withhold_pieces
from services.chassis.clock import FixedClock
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race, works_on
from tests.integration.catalog.hall import Hall
from tests.integration.catalog.shop import (
    broken_invariants,
    bundled,
    commit,
    confirmed,
    ended,
    level,
    level_of,
    limit,
    movements_of,
    movements_of_element,
    new_order,
    place_of,
    receive,
    reserve,
    status_of,
    stocked,
)

engine = database_of("catalog")
NOON = datetime(2027, 3, 31, 4, tzinfo=UTC)
TRIES = 100


@pytest.fixture
def works(engine):
    works = works_on(engine, clock=FixedClock(NOON))
    yield works
    assert broken_invariants(works) == []


def withhold(works, order_id, *pieces, request_id=None):
    named = [{"sku_id": sku_id, "pieces": many} for sku_id, many in pieces]
    told = {"request_id": request_id or new_id("req"), "order_id": order_id, "pieces": named, "reason": "cancel_pieces"}
    asked = contract.WITHHOLD_PIECES.load_request(told)
    return works.once(contract.WITHHOLD_PIECES, withhold_pieces, asked)["units"]


def sold(works, *lines, **changes):
    order_id = new_order()
    reserve(works, order_id, *lines, **changes)
    commit(works, order_id)
    return order_id


def refusal(act, *arguments):
    with pytest.raises(Refused) as refused:
        act(*arguments)
    return refused.value.code


def used(engine, member):
    wanted = sa.text("SELECT used FROM limit_use WHERE member_id = :member ORDER BY limit_id")
    with engine.connect() as connection:
        return list(connection.execute(wanted, {"member": member}).scalars())


def test_what_had_left_the_stock_comes_back_by_its_own_movement(engine, works):
    sku_id = stocked(works, 10)
    order_id = sold(works, (sku_id, 3))
    assert withhold(works, order_id, (sku_id, 2)) == 2
    assert (level(engine, sku_id), status_of(engine, order_id)) == ((9, 0), "committed")
    assert movements_of(engine, sku_id) == [("received", 10), ("committed", -3), ("returned", 2)]


def test_it_comes_back_to_the_places_that_it_came_from(engine, works):
    sku_id, south = stocked(works, 2), place_of(works)
    receive(works, own_element(sku_id), 2, south)
    order_id = sold(works, (sku_id, 4))
    assert (withhold(works, order_id, (sku_id, 1)), withhold(works, order_id, (sku_id, 3))) == (1, 3)
    statement = sa.text("SELECT on_hand FROM stock_level WHERE element_id = :element ORDER BY on_hand")
    with engine.connect() as connection:
        assert list(connection.execute(statement, {"element": own_element(sku_id)}).scalars()) == [2, 2]


def test_of_a_bundle_all_elements_come_back_but_its_codes(engine, works):
    thing, voucher = stocked(works, 10), stocked(works, 10, kind="virtual")
    sku_id = bundled(works, (own_element(thing), 2), (own_element(voucher), 1))
    order_id = sold(works, (sku_id, 3))
    assert withhold(works, order_id, (sku_id, 2)) == 4
    assert (level(engine, thing), level(engine, voucher)) == ((8, 0), (7, 0))


def test_the_same_request_withholds_once_and_more_than_there_is_is_refused(engine, works):
    sku_id, request_id = stocked(works, 10), new_id("req")
    order_id = sold(works, (sku_id, 3))
    assert race(*[lambda: withhold(works, order_id, (sku_id, 1), request_id=request_id)] * 3) == [1, 1, 1]
    assert refusal(withhold, works, order_id, (sku_id, 3)) == contract.PIECES_NOT_THERE
    assert refusal(withhold, works, order_id, (stocked(works), 1)) == contract.PIECES_NOT_THERE
    assert refusal(withhold, works, new_order(), (sku_id, 1)) == contract.RESERVATION_UNKNOWN
    assert level(engine, sku_id) == (8, 0)


def test_the_member_may_have_them_again_within_the_limits(engine, works):
    sku_id, member = stocked(works, 10), new_id("mbr")
    limit(works, sku_id, most=3)
    limit(works, own_element(sku_id), most=5, period="month")
    order_id = sold(works, (sku_id, 3), member_id=member)
    withhold(works, order_id, (sku_id, 2))
    assert used(engine, member) == [1, 1]
    sold(works, (sku_id, 2), member_id=member)
    assert refusal(partial(reserve, works, new_order(), (sku_id, 1), member_id=member)) == contract.LIMIT_REACHED
    withhold(works, order_id, (sku_id, 1))
    assert used(engine, member) == [2, 2]
    works.apply(ended(order_id), release_ended_order)
    assert used(engine, member) == [2, 2]


def test_an_order_that_is_called_off_later_returns_the_rest_alone(engine, works):
    sku_id = stocked(works, 10)
    order_id = sold(works, (sku_id, 3))
    withhold(works, order_id, (sku_id, 1))
    works.apply(ended(order_id), release_ended_order)
    assert (level(engine, sku_id), withhold(works, order_id, (sku_id, 1))) == ((10, 0), 0)
    assert movements_of(engine, sku_id)[-2:] == [("returned", 1), ("returned", 2)]


def test_an_order_whose_confirmation_was_not_heard_of_is_asked_about_again(engine, works):
    sku_id, order_id = stocked(works, 10), new_order()
    reserve(works, order_id, (sku_id, 3))
    with pytest.raises(NotConfirmedYet):
        withhold(works, order_id, (sku_id, 1), request_id="req-1")
    works.apply(confirmed(order_id, (sku_id, 3)), commit_confirmed_order)
    assert withhold(works, order_id, (sku_id, 1), request_id="req-1") == 1
    assert level(engine, sku_id) == (8, 0)


def test_what_waits_in_a_hall_is_free_again_and_the_rest_is_handed_over(engine, works):
    hall = Hall(works)
    order_id, code = hall.prepares(3)
    assert (withhold(works, order_id, (hall.sku_id, 1)), hall.level) == (1, (10, 2))
    works.apply(hall.confirmed(order_id, 3), commit_confirmed_order)  # told again
    assert hall.hands_over(code)["goods"][0]["quantity"] == 2
    assert hall.level == (8, 0)
    assert movements_of_element(engine, own_element(hall.sku_id))[-1] == ("picked_up", -2)
    assert refusal(withhold, works, order_id, (hall.sku_id, 1)) == contract.COLLECTED_BEFORE


def test_of_an_order_in_a_hall_that_is_called_off_the_rest_is_free_again(works):
    hall = Hall(works)
    order_id, _ = hall.prepares(3)
    withhold(works, order_id, (hall.sku_id, 2))
    works.apply(ended(order_id), release_ended_order)
    assert hall.level == (10, 0)


def test_pieces_and_a_hand_over_at_once_end_in_one_of_them(works):
    hall, ends = Hall(works, 2 * TRIES), set()
    for _ in range(TRIES):
        order_id, code = hall.prepares(2)
        handed, units = race(partial(hall.hands_over, code), partial(withhold, works, order_id, (hall.sku_id, 1)))
        if isinstance(units, Exception):
            assert (units.code, handed["goods"][0]["quantity"]) == (contract.COLLECTED_BEFORE, 2)
        else:
            assert (units, handed["goods"][0]["quantity"]) == (1, 1)
        ends.add(isinstance(units, Exception))
    assert hall.level[1] == 0


def test_pieces_and_the_end_of_the_order_at_once_return_everything_once(engine, works):
    sku_id = stocked(works, 10)
    for _ in range(TRIES // 4):
        order_id = sold(works, (sku_id, 3))
        race(
            partial(works.apply, ended(order_id), release_ended_order), partial(withhold, works, order_id, (sku_id, 1))
        )
        assert level_of(engine, own_element(sku_id)) == (10, 0)
