"""On hand moves with movements alone, also against a wrong hand at the console."""

import pytest
import sqlalchemy as sa

from services.catalog.contract import own_element
from services.chassis.ids import new_id
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import (
    broken_invariants,
    commit,
    level,
    new_order,
    place_of,
    receive,
    reserve,
    stocked,
)

engine = database_of("catalog")
MOVE = (
    "INSERT INTO movement (kind, element_id, place_id, quantity, key, reason, actor, moved_at)"
    " SELECT {kind}, element_id, place_id, {units}, {key}, 'by hand', 'me', now() FROM stock_level"
    " WHERE element_id = :element"
)
ANOTHER = "INSERT INTO code (element_id, code) VALUES (:element, 'STRAY-' || clock_timestamp())"


@pytest.fixture
def works(engine):
    works = works_on(engine)
    yield works
    assert broken_invariants(works) == []


def by_hand(engine, statement, element_id):
    with engine.begin() as connection:
        connection.execute(sa.text(statement), {"element": element_id})


def moved(kind, units, key="'k'"):
    return MOVE.format(kind=f"'{kind}'", units=units, key=key)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stock_level SET on_hand = on_hand + 1 WHERE element_id = :element",
        "INSERT INTO stock_level (element_id, place_id, on_hand)"
        " SELECT :element, place_id, 1 FROM place WHERE name_en = 'South' ORDER BY priority LIMIT 1",
        moved("written_off", -11),
        moved("received", -1),
        moved("written_off", 1),
        moved("committed", -1),
        moved("adjusted", 1),
        moved("transfer_in", 1),
        moved("found", 1),
        "UPDATE movement SET quantity = 1 WHERE element_id = :element",
        "DELETE FROM movement WHERE element_id = :element",
    ],
)
def test_what_no_hand_can_do(engine, works, statement):
    place_of(works)
    sku_id = stocked(works, 10)
    with pytest.raises(sa.exc.IntegrityError):
        by_hand(engine, statement, own_element(sku_id))
    assert level(engine, sku_id) == (10, 0)


def test_a_movement_moves_its_level(engine, works):
    sku_id = stocked(works, 10)
    by_hand(engine, moved("written_off", -4), own_element(sku_id))
    assert level(engine, sku_id) == (6, 0)


def test_what_is_promised_cannot_be_taken(engine, works):
    sku_id = stocked(works, 10)
    reserve(works, new_order(), (sku_id, 8))
    with pytest.raises(sa.exc.IntegrityError):
        by_hand(engine, moved("written_off", -3), own_element(sku_id))


def test_one_key_moves_an_element_once_a_place(engine, works):
    sku_id = stocked(works, 10)
    by_hand(engine, moved("received", 1, "'once'"), own_element(sku_id))
    with pytest.raises(sa.exc.IntegrityError):
        by_hand(engine, moved("received", 1, "'once'"), own_element(sku_id))
    assert level(engine, sku_id) == (11, 0)


@pytest.mark.parametrize(
    "statement",
    [
        moved("received", 1),
        ANOTHER,
        "DELETE FROM code WHERE id = (SELECT min(id) FROM code WHERE element_id = :element)",
    ],
)
def test_free_codes_are_the_level(engine, works, statement):
    voucher = stocked(works, 5, kind="virtual")
    with pytest.raises(sa.exc.IntegrityError, match="are not its level"):
        by_hand(engine, statement, own_element(voucher))
    by_hand(engine, f"{moved('received', 1)}; {ANOTHER}", own_element(voucher))
    order_id = new_order()
    reserve(works, order_id, (voucher, 6))
    commit(works, order_id)
    assert level(engine, voucher) == (0, 0)


def test_a_place_may_be_named_where_units_arrive(engine, works):
    sku_id, south = stocked(works, 2), place_of(works)
    key = new_id("req")
    first = receive(works, own_element(sku_id), 3, south, key)
    assert receive(works, own_element(sku_id), 3, south, key) == first
    assert first["on_hand"] == 5
