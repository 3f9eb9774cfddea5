"""Many at once on what is to come: never more than the quota, and of two ends of an order exactly one."""

from functools import partial

import pytest
import sqlalchemy as sa

from services.catalog.contract import PRESALE_NOT_OPEN, QUOTA_REACHED, own_element
from services.catalog.storage.places import receiving_warehouse
from services.catalog.usecases.allot_presales import allot_order
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.release_ended_order import release_ended_order
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race, works_on
from tests.integration.catalog.pre_sold import bought, cancelled, counted, hold, opened, run_jobs
from tests.integration.catalog.shop import (
    broken_invariants,
    confirmed,
    ended,
    level,
    new_order,
    receive,
    release,
    reserve,
    status_of,
    stocked,
)

engine = database_of("catalog")
MANY_BUYERS_S = 300


@pytest.fixture
def works(engine):
    works = works_on(engine)
    yield works
    assert broken_invariants(works) == []


def buys(works, sku_id, presale_id):
    """One buyer of one piece, who asks the same again while no database connection is free."""
    order_id, key = new_order(), new_id("req")
    while True:
        try:
            hold(works, sku_id, presale_id, order_id=order_id, key=key)
        except sa.exc.TimeoutError:
            continue
        except Refused as refusal:
            assert refusal.code == QUOTA_REACHED
            return False
        return True


@pytest.mark.timeout(2 * MANY_BUYERS_S)
def test_of_a_quota_of_five_hundred_4800_buyers_get_five_hundred(engine, works):
    sku_id = stocked(works, 0)
    presale_id = opened(works, sku_id, 500)

    def buyers():
        return sum(buys(works, sku_id, presale_id) for _ in range(200))

    assert sum(race(*[buyers] * 24, patience_s=MANY_BUYERS_S)) == 500
    assert (counted(works, presale_id), level(engine, sku_id)) == ((500, 0), (0, 0))


def arrive(works, sku_id, units):
    with works.begin() as work:
        place = receiving_warehouse(work)
    receive(works, own_element(sku_id), units, place)


@pytest.mark.parametrize("_turn", range(100))
def test_of_an_allotment_and_a_giving_up_one_wins(engine, works, _turn):
    sku_id = stocked(works, 1)
    presale_id = opened(works, sku_id, 1)
    order_id = bought(works, sku_id, presale_id)
    got, given_up = race(
        partial(works.run, allot_order, {"order_id": order_id}),
        partial(release, works, order_id),
    )
    assert got is given_up["is_committed"]
    stands = (status_of(engine, order_id), counted(works, presale_id), level(engine, sku_id))
    assert stands == (("committed", (1, 1), (0, 0)) if got else ("released", (0, 0), (1, 0)))


@pytest.mark.parametrize("_turn", range(100))
def test_an_allotment_an_end_and_a_cancelled_pre_sale_at_once_lose_no_piece(engine, works, _turn):
    sku_id = stocked(works, 1)
    presale_id = opened(works, sku_id, 1)
    order_id = bought(works, sku_id, presale_id)
    outcomes = race(
        partial(works.run, allot_order, {"order_id": order_id}),
        partial(works.apply, ended(order_id), release_ended_order),
        partial(cancelled, works, presale_id),
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert (status_of(engine, order_id), level(engine, sku_id)) == ("released", (1, 0))
    assert counted(works, presale_id) == (0, 0)


@pytest.mark.parametrize("_turn", range(20))
def test_a_confirmation_and_a_cancelled_pre_sale_at_once_leave_nobody_untold(engine, works, _turn):
    sku_id = stocked(works, 0)
    presale_id = opened(works, sku_id, 1)
    order_id = hold(works, sku_id, presale_id)
    race(
        partial(works.apply, confirmed(order_id, (sku_id, 1)), commit_confirmed_order),
        partial(cancelled, works, presale_id),
    )
    run_jobs(works)
    with engine.connect() as connection:
        told = sa.text("SELECT count(*) FROM reservation_presale WHERE order_id = :id AND told_at IS NOT NULL")
        assert connection.execute(told, {"id": order_id}).scalar_one() == 1


@pytest.mark.parametrize("_turn", range(10))
def test_who_buys_while_a_pre_sale_is_cancelled_gets_all_or_a_refusal(works, _turn):
    sku_id = stocked(works, 0)
    presale_id = opened(works, sku_id, 10)
    _, *bought_or_not = race(
        partial(cancelled, works, presale_id), *[partial(hold, works, sku_id, presale_id) for _ in range(4)]
    )
    refused = [outcome for outcome in bought_or_not if isinstance(outcome, Refused)]
    assert {refusal.code for refusal in refused} <= {PRESALE_NOT_OPEN}
    assert counted(works, presale_id) == (4 - len(refused), 0)


def test_two_jobs_at_once_allot_each_order_once_in_the_order_of_placing(engine, works):
    sku_id = stocked(works, 0)
    presale_id = opened(works, sku_id, 30)
    for _ in range(30):
        bought(works, sku_id, presale_id)
    arrive(works, sku_id, 20)
    assert race(*[partial(run_jobs, works)] * 3) == [None] * 3
    assert (counted(works, presale_id), level(engine, sku_id)) == ((30, 20), (0, 0))
    arrive(works, sku_id, 20)
    run_jobs(works)
    assert (counted(works, presale_id), level(engine, sku_id)) == ((30, 30), (10, 0))


def test_buyers_of_what_is_there_never_get_what_is_owed(engine, works):
    """Units arrive while pre-sold orders wait for them and others ask for the same goods."""
    sku_id = stocked(works, 0)
    presale_id = opened(works, sku_id, 40, sent_in_days=1)
    orders = [bought(works, sku_id, presale_id) for _ in range(40)]

    def shops():
        sold = 0
        for _ in range(10):
            try:
                reserve(works, new_order(), (sku_id, 1))
                sold += 1
            except Refused:
                pass
        return sold

    def arrives():
        for _ in range(10):
            arrive(works, sku_id, 5)
        return 0

    sold = sum(race(arrives, *[shops] * 4))
    assert sold <= 10
    assert (level(engine, sku_id), len(orders)) == ((50, sold), 40)
