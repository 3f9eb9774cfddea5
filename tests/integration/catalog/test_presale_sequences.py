"""Whatever happens to goods that are still to come, however often: quotas, orders and stock agree."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.catalog.contract import own_element
from services.catalog.storage.places import receiving_warehouse
from services.catalog.usecases.commit_confirmed_order import ConfirmedOrderUnserved
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.settle_expired_reservations import settle
from services.chassis.clock import FixedClock
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.pre_sold import cancelled, changed, counted, hold, opened, presale, run_jobs, sell
from tests.integration.catalog.shop import (
    broken_invariants,
    ended,
    level,
    new_order,
    receive,
    release,
    reserve,
    status_of,
    stocked,
)
from tests.integration.orders.kit import NOON

engine = database_of("catalog")
QUOTA, WISHES = 4, (1, 2, 3)


class Sale:
    """A pre-sale of one SKU, three orders that want some of it, and one that wants what is there."""

    def __init__(self, works):
        self.works, self.stock = works, 0
        self.sku_id = stocked(works, 0)
        self.presale_id = opened(works, self.sku_id, QUOTA, sent_in_days=1)
        self.orders, self.passer_by = [new_order() for _ in WISHES], new_order()

    def arrive(self, units):
        with self.works.begin() as work:
            place = receiving_warehouse(work)
        receive(self.works, own_element(self.sku_id), units, place)
        self.stock += units

    def hold(self, order):
        hold(self.works, self.sku_id, self.presale_id, WISHES[order], self.orders[order])

    def sell(self, order):
        sell(self.works, self.orders[order], self.sku_id, WISHES[order])


ACTIONS = {
    "hold": lambda sale, order: sale.hold(order),
    "confirmed": lambda sale, order: sale.sell(order),
    "given up": lambda sale, order: release(sale.works, sale.orders[order]),
    "ended": lambda sale, order: sale.works.apply(ended(sale.orders[order]), release_ended_order),
    "unknown": lambda sale, order: sale.works.run(settle, {"order_id": sale.orders[order], "order_status": "unknown"}),
    "arrived": lambda sale, order: sale.arrive(order + 1),
    "jobs": lambda sale, order: run_jobs(sale.works),
    "a day": lambda sale, order: sale.works.clock.advance(days=1),
    "quota": lambda sale, order: changed(sale.works, sale.presale_id, quota=order + 2),
    "cancelled": lambda sale, order: cancelled(sale.works, sale.presale_id),
    "passer-by": lambda sale, order: reserve(sale.works, sale.passer_by, (sale.sku_id, 1)),
}
steps = st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 2)), min_size=1, max_size=16)


@pytest.mark.timeout(300)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_quotas_and_stock_always_add_up(engine, steps):
    works = works_on(engine, FixedClock(NOON + timedelta(hours=1)))
    sale = Sale(works)
    for action, order in steps:
        try:
            ACTIONS[action](sale, order)
        except (Refused, ConfirmedOrderUnserved):
            continue
    assert broken_invariants(works) == []
    states = [status_of(engine, order_id) for order_id in sale.orders]
    wanted = list(zip(states, WISHES, strict=True))
    got = sum(pieces for state, pieces in wanted if state == "committed")
    owed = sum(pieces for state, pieces in wanted if state in ("held", "promised"))
    assert counted(works, sale.presale_id) == (got + owed, got)
    assert got + owed <= presale(works, sale.presale_id)["quota"]
    on_hand, reserved = level(engine, sale.sku_id)
    assert on_hand == sale.stock - got
    assert reserved == (status_of(engine, sale.passer_by) == "held")
