"""The audit of orders: what must be true whatever happened."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.storage.audits import MOST_SHOWN, QUESTIONS, orders_found
from services.orders.storage.queries import all_orders
from services.orders.usecases.advance import folded_statuses_of

STORED_AS_FOLDED = "stored_statuses_are_as_folded"


def check_invariants(work: Work) -> list[dict[str, Any]]:
    """[{"name", "ok", "found": ids of orders, at most twenty}], one entry a statement."""
    found = {name: orders_found(work, name) for name in QUESTIONS}
    found[STORED_AS_FOLDED] = list(stored_otherwise(work))[:MOST_SHOWN]
    return [{"name": name, "ok": not order_ids, "found": order_ids} for name, order_ids in found.items()]


def stored_otherwise(work: Work) -> Iterator[str]:
    for batch in all_orders(work):
        folded = folded_statuses_of(work, [order.order_id for order in batch])
        yield from (order.order_id for order in batch if not is_stored_as(order, folded[order.order_id]))


def is_stored_as(order: sa.Row, folded: dict[str, str]) -> bool:
    return all(getattr(order, name) == value for name, value in folded.items())
