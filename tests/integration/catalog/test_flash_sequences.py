"""Whatever happens to tickets, however often and in whatever order: left + live + sold is the quota, and is there."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.catalog.storage.flash_invariants import FLASH_INVARIANTS
from services.catalog.usecases.commit_confirmed_order import ConfirmedOrderUnserved
from services.catalog.usecases.decide_flash_sales import get_flash_sale
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.settle_expired_reservations import settle
from services.chassis.clock import FixedClock
from services.chassis.data.audit import audited
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, works_on
from services.orders.contract import ORDER_CLOSED
from tests.integration.catalog.in_a_flash import cancelled, changed, counted, opened, run_jobs, sell, spend, taken
from tests.integration.catalog.shop import (
    broken_invariants,
    ended,
    level,
    new_order,
    release,
    reserve,
    status_of,
    stocked,
)
from tests.integration.orders.kit import NOON

engine = database_of("catalog")
STOCK, QUOTA, BUYERS = 6, 2, 3


class Sale:
    """A flash sale of one SKU, three members who want a piece, each with one order, and somebody who pays the usual."""

    def __init__(self, works):
        self.works, self.tickets = works, {}
        self.sku_id = stocked(works, STOCK)
        self.sale_id = opened(works, self.sku_id, QUOTA, ticket_s=60)["sale_id"]
        self.members = [new_id("mbr") for _ in range(BUYERS)]
        self.orders, self.passer_by = [new_order() for _ in range(BUYERS)], new_order()

    def take(self, buyer):
        self.tickets[buyer] = taken(self.works, self.sale_id, self.members[buyer])

    def spend(self, buyer, member=None):
        if buyer in self.tickets:
            who = self.members[buyer if member is None else member]
            spend(self.works, self.tickets[buyer], who, self.orders[buyer])

    def settle(self, buyer, order_status):
        self.works.run(settle, {"order_id": self.orders[buyer], "order_status": order_status})


ACTIONS = {
    "take": lambda sale, buyer: sale.take(buyer),
    "take once more": lambda sale, buyer: sale.take(buyer),
    "spend": lambda sale, buyer: sale.spend(buyer),
    "spend by another": lambda sale, buyer: sale.spend(buyer, (buyer + 1) % BUYERS),
    "confirmed": lambda sale, buyer: sell(sale.works, sale.orders[buyer], sale.sku_id),
    "given up": lambda sale, buyer: release(sale.works, sale.orders[buyer]),
    "end told": lambda sale, buyer: sale.works.apply(ended(sale.orders[buyer], ORDER_CLOSED), release_ended_order),
    "cancelled after all": lambda sale, buyer: sale.works.apply(ended(sale.orders[buyer]), release_ended_order),
    "unknown": lambda sale, buyer: sale.settle(buyer, "unknown"),
    "closed": lambda sale, buyer: sale.settle(buyer, "closed"),
    "half a minute": lambda sale, buyer: sale.works.clock.advance(seconds=30),
    "an hour": lambda sale, buyer: sale.works.clock.advance(hours=1),
    "jobs": lambda sale, buyer: run_jobs(sale.works),
    "quota": lambda sale, buyer: changed(sale.works, sale.sale_id, quota=buyer + 1),
    "cancelled": lambda sale, buyer: cancelled(sale.works, sale.sale_id),
    "passer-by": lambda sale, buyer: reserve(sale.works, sale.passer_by, (sale.sku_id, buyer + 2)),
}
steps = st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, BUYERS - 1)), min_size=1, max_size=20)


@pytest.mark.timeout(300)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_every_piece_of_the_quota_is_left_or_live_or_sold(engine, steps):
    works = works_on(engine, FixedClock(NOON + timedelta(hours=1)))
    sale = Sale(works)
    for action, buyer in steps:
        with suppress(Refused, ConfirmedOrderUnserved):
            ACTIONS[action](sale, buyer)
        with works.begin() as work:
            assert [check for check in audited(work, FLASH_INVARIANTS) if not check["ok"]] == []
    assert broken_invariants(works) == []
    on_hand, reserved = level(engine, sale.sku_id)
    states = [status_of(engine, order_id) for order_id in sale.orders]
    assert on_hand == STOCK - states.count("committed")
    left, live, sold = counted(works, sale.sale_id)
    assert sold >= states.count("held")
    kept = live + (left if works.run(get_flash_sale, {"sale_id": sale.sale_id})["status"] == "open" else 0)
    assert reserved >= kept + states.count("held")
