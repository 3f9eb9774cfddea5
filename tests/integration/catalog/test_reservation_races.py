"""What becomes of one reservation when two would end it at once: one lawful end each time, and either may be first."""

from functools import partial

import pytest

from services.catalog.contract import RELEASED_BEFORE, RESERVATION_NOT_HELD, STOCK_RELEASED
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.settle_expired_reservations import settle
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, race_in_turn, works_on
from tests.integration.catalog.shop import (
    broken_invariants,
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
TRIES, UNITS = 200, 2
ALL = TRIES * UNITS
LOOKED_AT, OPENED = "EXECUTE lock_reservation", "EXECUTE open_reservation"


@pytest.fixture
def works(engine):
    works = works_on(engine)
    yield works
    assert broken_invariants(works) == []


def held(works, sku_id):
    order_id = new_order()
    reserve(works, order_id, (sku_id, UNITS))
    return order_id


def commits(order_id, engine):
    return commit(works_on(engine), order_id)


def releases(order_id, engine):
    return release(works_on(engine), order_id)


def expires(order_id, engine):
    works_on(engine).run(settle, {"order_id": order_id, "order_status": "unknown"})


def reserves(order_id, sku_id, engine):
    return reserve(works_on(engine), order_id, (sku_id, UNITS))


def hears(event, usecase, engine):
    return works_on(engine).apply(event, usecase)


def code_of(refusal):
    assert isinstance(refusal, Refused), refusal
    return refusal.code


def test_of_a_commit_and_a_release_one_wins(engine, works):
    sku_id, sold = stocked(works, ALL, kind="virtual"), 0
    for turn in range(TRIES):
        order_id = held(works, sku_id)
        deeds = partial(commits, order_id), partial(releases, order_id)
        committed, released = race_in_turn(engine, turn, LOOKED_AT, *deeds)
        if status_of(engine, order_id) == "committed":
            assert (committed["units"], released["units"], released["is_committed"]) == (UNITS, 0, True)
            sold += UNITS
        else:
            assert (status_of(engine, order_id), released["units"]) == ("released", UNITS)
            assert code_of(committed) == RESERVATION_NOT_HELD
        assert level(engine, sku_id) == (ALL - sold, 0)
    assert 0 < sold < ALL


def test_an_expiry_never_costs_a_confirmed_order_its_units(engine, works):
    """What has expired first is taken again; what was sold first expires no more."""
    sku_id, expired = stocked(works, ALL), set()
    for turn in range(TRIES):
        order_id = held(works, sku_id)
        event = confirmed(order_id, (sku_id, UNITS))
        deeds = partial(expires, order_id), partial(hears, event, commit_confirmed_order)
        assert race_in_turn(engine, turn, "reservation", *deeds) == [None, True]
        assert (status_of(engine, order_id), level(engine, sku_id)) == ("committed", (ALL - UNITS * (turn + 1), 0))
        expired.add(len(emitted(engine, STOCK_RELEASED, order_id)))
    assert expired == {0, 1}


def test_a_confirmation_and_a_cancellation_at_once_leave_no_unit_lost(engine, works):
    """Either the units leave and come back, or they never leave."""
    sku_id, sold = stocked(works, ALL), 0
    for turn in range(TRIES):
        order_id = new_order()
        confirms = partial(hears, confirmed(order_id, (sku_id, UNITS)), commit_confirmed_order)
        cancels = partial(hears, ended(order_id), release_ended_order)
        assert race_in_turn(engine, turn, OPENED, confirms, cancels) == [True, True]
        assert (status_of(engine, order_id), level(engine, sku_id)) == ("released", (ALL, 0))
        told = emitted(engine, STOCK_RELEASED, order_id)
        sold += len(told)
        assert [event["data"]["units"] for event in told] in ([], [UNITS])
    assert 0 < sold < TRIES
    assert movements_of(engine, sku_id) == [("received", ALL), *[("committed", -UNITS), ("returned", UNITS)] * sold]


def test_a_reservation_and_its_release_at_once_hold_nothing(engine, works):
    sku_id, refusals = stocked(works, ALL), 0
    for turn in range(TRIES):
        order_id = new_order()
        deeds = partial(reserves, order_id, sku_id), partial(releases, order_id)
        reserved, released = race_in_turn(engine, turn, OPENED, *deeds)
        assert (status_of(engine, order_id), level(engine, sku_id)) == ("released", (ALL, 0))
        if released["units"] == 0:
            assert code_of(reserved) == RELEASED_BEFORE
            refusals += 1
        else:
            assert (reserved["order_id"], released["units"]) == (order_id, UNITS)
    assert 0 < refusals < TRIES
