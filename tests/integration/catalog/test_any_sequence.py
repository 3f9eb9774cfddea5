"""Whatever happens to orders, in whatever order and however often: counters, rows, movements and codes agree, also
where SKUs share elements and are composed anew meanwhile."""

import secrets

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.catalog.usecases.commit_confirmed_order import ConfirmedOrderUnserved, commit_confirmed_order
from services.catalog.usecases.receive_stock import receive_stock
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.settle_expired_reservations import settle
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import (
    bring_in,
    broken_invariants,
    bundle,
    codes_issued_to,
    commit,
    confirmed,
    element,
    ended,
    goods,
    level_of,
    new_order,
    release,
    reserve,
    status_of,
)

engine = database_of("catalog")
ORDERS, STOCK = 3, 6
PHONE, CASE, DATA = 0, 1, 2  # elements; data packs come by code
# What a piece of each SKU consists of: (element, quantity). LATER is what an import makes of the bundle.
SINGLE, CODES, BUNDLE = 0, 1, 2
COMPOSED = {SINGLE: [(CASE, 1)], CODES: [(DATA, 1)], BUNDLE: [(PHONE, 1), (CASE, 2), (DATA, 2)]}
LATER = {**COMPOSED, BUNDLE: [(PHONE, 2), (DATA, 1)]}
KINDS = {SINGLE: "physical", CODES: "virtual", BUNDLE: "physical"}
WISHES = [[(SINGLE, 2), (BUNDLE, 1)], [(CODES, 3)], [(BUNDLE, 1), (CODES, 1), (BUNDLE, 1)]]
COMPOSE_ANEW, RECEIVE = "composed anew", "received"


class Shop:
    """Three SKUs over three elements that they share."""

    def __init__(self, works):
        self.works, self.stock = works, [STOCK] * 3
        self.elements = [element(STOCK), element(STOCK), element(STOCK, "code")]
        self.skus = [bundle() for _ in COMPOSED]
        self.goods = [goods(kind=KINDS[place], skus=[one]) for place, one in enumerate(self.skus)]
        self.compose(COMPOSED)

    def receive(self, of):
        """Two more units of one element."""
        element_id = self.elements[of]["element_id"]
        told = {"request_id": new_id("req"), "element_id": element_id, "quantity": 2, "reason": "补货", "actor": "test"}
        self.works.run(lambda work, request: receive_stock(work, request, secrets.token_bytes), told)
        self.stock[of] += 2

    def compose(self, composed):
        self.composed = composed
        for place, parts in composed.items():
            named = [{"element_id": self.elements[of]["element_id"], "quantity": many} for of, many in parts]
            self.skus[place]["elements"] = named
        bring_in(self.works, *self.goods, elements=self.elements)

    def lines(self, order):
        return [(self.skus[place]["sku_id"], quantity) for place, quantity in WISHES[order]]


ACTIONS = {
    "reserve": lambda works, order_id, wanted: reserve(works, order_id, *wanted),
    "commit": lambda works, order_id, wanted: commit(works, order_id),
    "release": lambda works, order_id, wanted: release(works, order_id),
    "confirmed": lambda works, order_id, wanted: works.apply(confirmed(order_id, *wanted), commit_confirmed_order),
    "cancelled": lambda works, order_id, wanted: works.apply(ended(order_id), release_ended_order),
    **{
        f"swept:{status}": lambda works, order_id, wanted, status=status: works.run(
            settle, {"order_id": order_id, "order_status": status}
        )
        for status in ("confirmed", "closed", "unknown", "awaiting_payment")
    },
}
steps = st.lists(
    st.tuples(st.sampled_from([*sorted(ACTIONS), COMPOSE_ANEW, RECEIVE]), st.integers(0, ORDERS - 1)),
    min_size=1,
    max_size=14,
)


@pytest.mark.timeout(300)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_stock_always_adds_up(engine, steps):
    works = works_on(engine)
    shop, orders, frozen = Shop(works), [new_order() for _ in range(ORDERS)], {}
    for action, order in steps:
        if action == COMPOSE_ANEW:
            shop.compose(LATER)
            continue
        if action == RECEIVE:
            shop.receive(order)  # as many orders as elements
            continue
        try:
            ACTIONS[action](works, orders[order], shop.lines(order))
        except (Refused, ConfirmedOrderUnserved):
            continue
        if status_of(engine, orders[order]) in ("held", "committed"):
            frozen.setdefault(order, shop.composed)  # what it was first promised is what it gets
    assert broken_invariants(works) == []
    sold = [order for order in frozen if status_of(engine, orders[order]) == "committed"]
    for of in (PHONE, CASE):
        on_hand, _ = level_of(engine, shop.elements[of]["element_id"])
        assert on_hand == shop.stock[of] - sum(units(frozen[order], order, of) for order in sold)
    for order in sold:
        assert codes_issued_to(engine, orders[order]) == units(frozen[order], order, DATA)


def units(composed, order, of):
    return sum(pieces * many for place, pieces in WISHES[order] for part, many in composed[place] if part == of)
