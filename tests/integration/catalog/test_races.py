"""Many at once: the same unit is never sold twice, nobody deadlocks, one lawful winner."""

import random
from functools import partial

import pytest
import sqlalchemy as sa

from services.catalog.contract import STOCK_INSUFFICIENT
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.release_ended_order import release_ended_order
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race, works_on
from tests.integration.catalog.shop import (
    bring_in,
    broken_invariants,
    bundle,
    bundled,
    codes_issued_to,
    commit,
    confirmed,
    element,
    ended,
    goods,
    level,
    level_of,
    movements_of,
    new_order,
    release,
    reserve,
    sku,
    stocked,
)

engine = database_of("catalog")
MANY_BUYERS_S = 300


@pytest.fixture
def works(engine):
    works = works_on(engine)
    yield works
    assert broken_invariants(works) == []


def refusal_codes(outcomes):
    problems = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert all(isinstance(problem, Refused) for problem in problems), problems
    return [problem.code for problem in problems]


def buys(works, sku_id):
    """One buyer of one unit, who asks the same again while no database connection is free."""
    order_id, key = new_order(), new_id("req")
    while True:
        try:
            reserve(works, order_id, (sku_id, 1), key=key)
        except sa.exc.TimeoutError:
            continue
        except Refused as refusal:
            assert refusal.code == STOCK_INSUFFICIENT
            return False
        return True


@pytest.mark.timeout(2 * MANY_BUYERS_S)
def test_of_five_hundred_units_4800_buyers_of_a_single_and_a_bundle_get_five_hundred(engine, works):
    tickets, phones = with_elements(works, element(500), element(10_000))
    single, both = bundled(works, (tickets, 1)), bundled(works, (tickets, 1), (phones, 1))

    def buyers(sku_id):
        return sum(buys(works, sku_id) for _ in range(200))

    sold = race(*(partial(buyers, sku_id) for sku_id in (single, both) * 12), patience_s=MANY_BUYERS_S)
    assert sum(sold) == 500
    assert (level_of(engine, tickets), level_of(engine, phones)) == ((500, 500), (10_000, sum(sold[1::2])))


def test_baskets_of_three_of_six_skus_in_any_order_never_deadlock(engine, works):
    six, seed = [stocked(works, 10_000) for _ in range(6)], random.Random(7)

    def twenty_baskets(dice):
        for _ in range(20):
            order_id = new_order()
            reserve(works, order_id, *((sku_id, 1) for sku_id in dice.sample(six, 3)))
            commit(works, order_id) if dice.random() < 0.5 else release(works, order_id)
        return "done"

    outcomes = race(
        *(partial(twenty_baskets, random.Random(seed.random())) for _ in range(12)), patience_s=MANY_BUYERS_S
    )
    assert outcomes == ["done"] * 12
    assert [level(engine, sku_id)[1] for sku_id in six] == [0] * 6


def with_elements(works, *elements):
    """Their ids, in stock."""
    bring_in(works, elements=list(elements))
    return [one["element_id"] for one in elements]


def test_buyers_of_bundles_and_singles_that_share_an_element_get_exactly_what_is_there(engine, works):
    case, phone = with_elements(works, element(301), element(10_000))
    single, pair = bundled(works, (case, 1)), bundled(works, (case, 2))
    with_phone = bundled(works, (case, 1), (phone, 1))

    def thirty_buyers(sku_id):
        return sum(buys(works, sku_id) for _ in range(30))

    skus = [single, pair, with_phone] * 10
    outcomes = race(*(partial(thirty_buyers, sku_id) for sku_id in skus), patience_s=MANY_BUYERS_S)
    sold = {sku_id: sum(outcomes[place::3]) for place, sku_id in enumerate(skus[:3])}
    taken = sold[single] + 2 * sold[pair] + sold[with_phone]
    assert (taken, level_of(engine, case)) == (301, (301, 301))
    assert level_of(engine, phone) == (10_000, sold[with_phone])


def test_baskets_of_bundles_that_share_elements_in_any_order_never_deadlock(engine, works):
    elements, seed = with_elements(works, *(element(10_000) for _ in range(5))), random.Random(11)
    skus = [bundled(works, *((one, seed.randint(1, 2)) for one in seed.sample(elements, 3))) for _ in range(6)]

    def twenty_baskets(dice):
        for _ in range(20):
            order_id, wishes = new_order(), [(sku_id, 1) for sku_id in dice.sample(skus, 3)]
            reserve(works, order_id, *wishes)
            if dice.random() < 0.5:
                works.apply(confirmed(order_id, *wishes), commit_confirmed_order)
            works.apply(ended(order_id), release_ended_order)
        return "done"

    outcomes = race(
        *(partial(twenty_baskets, random.Random(seed.random())) for _ in range(12)), patience_s=MANY_BUYERS_S
    )
    assert outcomes == ["done"] * 12
    assert [level_of(engine, one) for one in elements] == [(10_000, 0)] * 5


def test_orders_stay_whole_while_imports_compose_their_goods_anew(engine, works):
    one, other = with_elements(works, element(1_000), element(1_000))
    thing = bundle((one, 1))
    listing = goods(skus=[thing])
    bring_in(works, listing)

    def twenty_orders():
        for _ in range(20):
            order_id = new_order()
            reserve(works, order_id, (thing["sku_id"], 1))
            commit(works, order_id)
        return "done"

    def composes():
        for turn in range(10):
            parts = [{"element_id": part, "quantity": 1} for part in ((one,), (one, other))[turn % 2]]
            bring_in(works, {**listing, "skus": [{**thing, "elements": parts}]})
        return "done"

    assert race(*[twenty_orders] * 6, composes) == ["done"] * 7
    assert level_of(engine, one) == (880, 0)


def test_one_request_id_used_by_sixteen_at_once_reserves_once(engine, works):
    sku_id, order_id, key = stocked(works, 100), new_order(), new_id("req")
    outcomes = race(*[partial(reserve, works, order_id, (sku_id, 2), key=key)] * 16)
    assert refusal_codes(outcomes) == []
    assert outcomes == outcomes[:1] * 16
    assert level(engine, sku_id) == (100, 2)


def test_one_order_under_sixteen_request_ids_reserves_once(engine, works):
    sku_id, order_id = stocked(works, 100), new_order()
    outcomes = race(*[partial(reserve, works, order_id, (sku_id, 2))] * 16)
    assert refusal_codes(outcomes) == []
    assert level(engine, sku_id) == (100, 2)


def test_codes_go_to_one_order_each_when_many_are_confirmed_at_once(engine, works):
    voucher, orders = stocked(works, 45, kind="virtual"), [new_order() for _ in range(24)]
    outcomes = race(
        *(partial(works.apply, confirmed(order_id, (voucher, 2)), commit_confirmed_order) for order_id in orders)
    )
    served = [order_id for order_id, outcome in zip(orders, outcomes, strict=True) if outcome is True]
    assert len(served) == 22
    assert {codes_issued_to(engine, order_id) for order_id in served} == {2}
    assert level(engine, voucher) == (1, 0)


def test_the_same_import_by_many_at_once_opens_the_stock_once(engine, works):
    things = [goods(skus=[sku(7), sku(3)]) for _ in range(5)]
    outcomes = race(*(partial(bring_in, works, *things[turn:], *things[:turn]) for turn in range(5)))
    assert refusal_codes(outcomes) == []
    for one in things:
        first, second = (one["skus"][place]["sku_id"] for place in (0, 1))
        assert (movements_of(engine, first), movements_of(engine, second)) == ([("received", 7)], [("received", 3)])
