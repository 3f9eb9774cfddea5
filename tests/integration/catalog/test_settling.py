"""Committing, releasing and late or repeated events: one lawful outcome, counters that agree."""

import pytest

from services.catalog.contract import (
    CODES_ISSUED,
    RELEASED_BEFORE,
    RESERVATION_NOT_HELD,
    RESERVATION_UNKNOWN,
    STOCK_COMMITTED,
    STOCK_RELEASED,
    own_element,
)
from services.catalog.usecases.commit_confirmed_order import ConfirmedOrderUnserved, commit_confirmed_order
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.settle_expired_reservations import settle
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, works_on
from services.orders.contract import ORDER_CLOSED
from tests.integration.catalog.shop import (
    broken_invariants,
    codes_issued_to,
    commit,
    confirmed,
    ended,
    level,
    movements_of,
    new_order,
    release,
    reserve,
    status_of,
    stocked,
)

engine = database_of("catalog")


@pytest.fixture
def works(engine):
    works = works_on(engine)
    yield works
    assert broken_invariants(works) == []


@pytest.fixture
def told(engine):
    """told(order_id): the events about it, as (type, sequence, data), in order."""

    def about(order_id):
        return [(e["type"], e["sequence"], e["data"]) for e in emitted(engine, subject=order_id)]

    return about


def expire(works, order_id):
    works.run(settle, {"order_id": order_id, "order_status": "unknown"})


def test_a_commit_takes_the_units_out_of_stock(engine, works, told):
    sku_id, order_id = stocked(works, 10), new_order()
    reserve(works, order_id, (sku_id, 3))
    assert commit(works, order_id) == {"order_id": order_id, "units": 3, "is_committed": True}
    assert level(engine, sku_id) == (7, 0)
    assert movements_of(engine, sku_id) == [("received", 10), ("committed", -3)]
    assert told(order_id) == [(STOCK_COMMITTED.type, 2, {"order_id": order_id, "units": 3})]


def test_a_second_commit_changes_nothing(engine, works, told):
    sku_id, order_id = stocked(works, 10), new_order()
    reserve(works, order_id, (sku_id, 3))
    assert commit(works, order_id) == commit(works, order_id)
    assert level(engine, sku_id) == (7, 0)
    assert len(told(order_id)) == 1


def test_a_commit_of_nothing_is_refused(works):
    with pytest.raises(Refused) as refusal:
        commit(works, new_order())
    assert refusal.value.code == RESERVATION_UNKNOWN


def test_a_commit_after_the_release_is_refused(engine, works):
    sku_id, order_id = stocked(works, 10), new_order()
    reserve(works, order_id, (sku_id, 3))
    assert release(works, order_id) == {"order_id": order_id, "units": 3, "is_committed": False}
    with pytest.raises(Refused) as refusal:
        commit(works, order_id)
    assert (refusal.value.code, refusal.value.details) == (RESERVATION_NOT_HELD, {"status": "released"})
    assert level(engine, sku_id) == (10, 0)


def test_a_release_gives_the_units_back_once(engine, works, told):
    sku_id, order_id = stocked(works, 10), new_order()
    reserve(works, order_id, (sku_id, 3))
    release(works, order_id)
    assert release(works, order_id) == {"order_id": order_id, "units": 0, "is_committed": False}
    assert level(engine, sku_id) == (10, 0)
    assert told(order_id) == [(STOCK_RELEASED.type, 2, {"order_id": order_id, "units": 3})]


def test_a_release_that_comes_first_bars_the_reservation(engine, works, told):
    sku_id, order_id = stocked(works, 10), new_order()
    assert release(works, order_id) == {"order_id": order_id, "units": 0, "is_committed": False}
    with pytest.raises(Refused) as refusal:
        reserve(works, order_id, (sku_id, 3))
    assert refusal.value.code == RELEASED_BEFORE
    assert level(engine, sku_id) == (10, 0)
    assert told(order_id) == []


def test_a_release_does_not_undo_a_commit(engine, works):
    sku_id, order_id = stocked(works, 10), new_order()
    reserve(works, order_id, (sku_id, 3))
    commit(works, order_id)
    assert release(works, order_id) == {"order_id": order_id, "units": 0, "is_committed": True}
    assert (level(engine, sku_id), status_of(engine, order_id)) == ((7, 0), "committed")


def test_a_confirmed_order_takes_its_units_and_gets_its_codes(engine, works, told):
    thing, voucher = stocked(works, 5), stocked(works, 5, kind="virtual", codes_valid_days=90)
    order_id, member_id = new_order(), new_id("mbr")
    reserve(works, order_id, (thing, 1), (voucher, 2))
    event = confirmed(order_id, (thing, 1), (voucher, 2), member_id=member_id)
    assert works.apply(event, commit_confirmed_order)
    assert (level(engine, thing), level(engine, voucher)) == ((4, 0), (3, 0))
    (_, committed, _), (kind, sequence, data) = told(order_id)
    assert (committed, kind, sequence) == (2, CODES_ISSUED.type, 3)
    assert data["member_id"] == member_id
    assert [issued["sku_id"] for issued in data["codes"]] == [voucher, voucher]
    assert {issued["element_id"] for issued in data["codes"]} == {own_element(voucher)}
    assert all(issued["valid_until"] for issued in data["codes"])
    assert len({issued["code"] for issued in data["codes"]}) == 2


def test_a_confirmation_heard_twice_issues_codes_once(engine, works, told):
    voucher, order_id = stocked(works, 5, kind="virtual"), new_order()
    reserve(works, order_id, (voucher, 2))
    first = confirmed(order_id, (voucher, 2))
    assert [works.apply(first, commit_confirmed_order), works.apply(first, commit_confirmed_order)] == [True, False]
    works.apply(confirmed(order_id, (voucher, 2)), commit_confirmed_order)
    assert codes_issued_to(engine, order_id) == 2
    assert [kind for kind, *_ in told(order_id)] == [STOCK_COMMITTED.type, CODES_ISSUED.type]


def test_codes_of_a_commit_are_told_when_the_confirmation_names_the_member(engine, works, told):
    voucher, order_id = stocked(works, 5, kind="virtual"), new_order()
    reserve(works, order_id, (voucher, 2))
    commit(works, order_id)
    assert codes_issued_to(engine, order_id) == 2
    assert [kind for kind, *_ in told(order_id)] == [STOCK_COMMITTED.type]
    works.apply(confirmed(order_id, (voucher, 2)), commit_confirmed_order)
    assert codes_issued_to(engine, order_id) == 2
    assert told(order_id)[-1][0] == CODES_ISSUED.type


def test_an_order_confirmed_after_its_reservation_expired_is_served_from_what_is_there(engine, works, told):
    sku_id, order_id = stocked(works, 3), new_order()
    reserve(works, order_id, (sku_id, 3))
    expire(works, order_id)
    assert level(engine, sku_id) == (3, 0)
    works.apply(confirmed(order_id, (sku_id, 3)), commit_confirmed_order)
    assert (level(engine, sku_id), status_of(engine, order_id)) == ((0, 0), "committed")
    assert [kind for kind, *_ in told(order_id)] == [STOCK_RELEASED.type, STOCK_COMMITTED.type]


def test_an_order_confirmed_after_its_units_went_to_another_is_a_fault_until_stock_comes(engine, works):
    sku_id, late, quick = stocked(works, 3), new_order(), new_order()
    reserve(works, late, (sku_id, 3))
    expire(works, late)
    reserve(works, quick, (sku_id, 2))
    event = confirmed(late, (sku_id, 3))
    with pytest.raises(ConfirmedOrderUnserved):
        works.apply(event, commit_confirmed_order)
    assert (level(engine, sku_id), status_of(engine, late)) == ((3, 2), "expired")
    release(works, quick)
    assert works.apply(event, commit_confirmed_order)
    assert level(engine, sku_id) == (0, 0)


def test_a_confirmed_order_without_any_reservation_is_served_from_stock(engine, works):
    sku_id, order_id = stocked(works, 3), new_order()
    works.apply(confirmed(order_id, (sku_id, 2)), commit_confirmed_order)
    assert (level(engine, sku_id), status_of(engine, order_id)) == ((1, 0), "committed")


def test_a_confirmation_of_other_lines_than_reserved_is_a_fault(engine, works):
    sku_id, order_id = stocked(works, 5), new_order()
    reserve(works, order_id, (sku_id, 2))
    with pytest.raises(ConfirmedOrderUnserved):
        works.apply(confirmed(order_id, (sku_id, 3)), commit_confirmed_order)
    assert level(engine, sku_id) == (5, 2)


def test_a_closed_order_gives_up_what_it_held(engine, works):
    sku_id, order_id = stocked(works, 5), new_order()
    reserve(works, order_id, (sku_id, 2))
    works.apply(ended(order_id, ORDER_CLOSED), release_ended_order)
    assert (level(engine, sku_id), status_of(engine, order_id)) == ((5, 0), "released")


def test_a_cancelled_order_returns_its_physical_units_but_not_its_codes(engine, works, told):
    thing, voucher, order_id = stocked(works, 5), stocked(works, 5, kind="virtual"), new_order()
    works.apply(confirmed(order_id, (thing, 2), (voucher, 1)), commit_confirmed_order)
    works.apply(ended(order_id), release_ended_order)
    works.apply(ended(order_id), release_ended_order)
    assert movements_of(engine, thing) == [("received", 5), ("committed", -2), ("returned", 2)]
    assert (level(engine, thing), level(engine, voucher)) == ((5, 0), (4, 0))
    assert codes_issued_to(engine, order_id) == 1
    assert told(order_id)[-1] == (STOCK_RELEASED.type, 4, {"order_id": order_id, "units": 2})


@pytest.mark.parametrize("is_told_early", [True, False])
def test_what_its_carrier_has_lost_does_not_return(engine, works, is_told_early):
    thing, order_id = stocked(works, 5), new_order()
    reserve(works, order_id, (thing, 2))
    steps = [(confirmed(order_id, (thing, 2)), commit_confirmed_order)]
    steps.insert(0 if is_told_early else 1, (ended(order_id, are_goods_lost=True), release_ended_order))
    for event, usecase in steps:
        works.apply(event, usecase)
    assert movements_of(engine, thing) == [("received", 5), ("committed", -2)]
    assert (level(engine, thing), status_of(engine, order_id)) == ((3, 0), "committed")


@pytest.mark.parametrize("reserved_before", [True, False])
def test_a_cancellation_that_overtakes_the_confirmation_wins(engine, works, told, reserved_before):
    voucher, order_id = stocked(works, 5, kind="virtual"), new_order()
    if reserved_before:
        reserve(works, order_id, (voucher, 2))
    works.apply(ended(order_id), release_ended_order)
    works.apply(confirmed(order_id, (voucher, 2)), commit_confirmed_order)
    assert (level(engine, voucher), codes_issued_to(engine, order_id)) == ((5, 0), 0)
    assert CODES_ISSUED.type not in [kind for kind, *_ in told(order_id)]


def release_by_event(works, order_id):
    works.apply(ended(order_id), release_ended_order)


@pytest.mark.parametrize("end", [release, release_by_event])
def test_an_expired_reservation_of_an_ended_order_is_not_revived(engine, works, end):
    sku_id, order_id = stocked(works, 3), new_order()
    reserve(works, order_id, (sku_id, 1))
    expire(works, order_id)
    end(works, order_id)
    works.apply(confirmed(order_id, (sku_id, 1)), commit_confirmed_order)
    assert (level(engine, sku_id), status_of(engine, order_id)) == ((3, 0), "released")
