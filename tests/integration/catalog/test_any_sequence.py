"""Whatever happens to orders, in whatever order and however often: counters, rows, movements and codes agree."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.catalog.usecases.commit_confirmed_order import ConfirmedOrderUnserved, commit_confirmed_order
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.settle_expired_reservations import settle
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import (
    broken_invariants,
    commit,
    confirmed,
    ended,
    level,
    new_order,
    release,
    reserve,
    status_of,
    stocked,
)

engine = database_of("catalog")
ORDERS, STOCK = 3, 4


def lines(skus, order):
    """Order 0 wants two of the first SKU, order 1 three of the second, order 2 one and two."""
    return [[(skus[0], 2)], [(skus[1], 3)], [(skus[0], 1), (skus[1], 2)]][order]


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
steps = st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, ORDERS - 1)), min_size=1, max_size=14)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_stock_always_adds_up(engine, steps):
    works = works_on(engine)
    skus, orders = [stocked(works, STOCK), stocked(works, STOCK, kind="virtual")], [new_order() for _ in range(ORDERS)]
    for action, order in steps:
        try:
            ACTIONS[action](works, orders[order], lines(skus, order))
        except (Refused, ConfirmedOrderUnserved):
            continue
    assert broken_invariants(works) == []
    sold = [
        wish
        for place, order in enumerate(orders)
        if status_of(engine, order) == "committed"
        for wish in lines(skus, place)
    ]
    on_hand, _ = level(engine, skus[0])
    assert on_hand == STOCK - sum(quantity for sku_id, quantity in sold if sku_id == skus[0])
