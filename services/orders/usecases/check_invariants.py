"""The audit of orders: what must be true whatever happened."""

from collections.abc import Iterator

import sqlalchemy as sa

from services.chassis.data.audit import Finding, audited, finding
from services.chassis.data.work import Work
from services.orders.storage.audits import QUESTIONS
from services.orders.storage.queries import all_orders
from services.orders.usecases.advance import folded_statuses_of

STORED_AS_FOLDED = "stored_statuses_are_as_folded"


def check_invariants(work: Work) -> list[Finding]:
    """``found`` are ids of orders."""
    return [*audited(work, QUESTIONS, now=work.now), finding(STORED_AS_FOLDED, stored_otherwise(work))]


def stored_otherwise(work: Work) -> Iterator[str]:
    for batch in all_orders(work):
        folded = folded_statuses_of(work, [order.order_id for order in batch])
        yield from (order.order_id for order in batch if not is_stored_as(order, folded[order.order_id]))


def is_stored_as(order: sa.Row, folded: dict[str, str]) -> bool:
    return all(getattr(order, name) == value for name, value in folded.items())
