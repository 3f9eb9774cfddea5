"""Reading orders and what hangs on them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.storage.tables import issued_code, order_fact, order_line, orders, parcel

AUDIT_BATCH = 500
Rows = dict[str, list[sa.Row]]


def find_order(work: Work, order_id: str) -> sa.Row | None:
    return work.execute(sa.select(orders).where(orders.c.order_id == order_id)).one_or_none()


def known_order(work: Work, order_id: str) -> sa.Row:
    return work.execute(sa.select(orders).where(orders.c.order_id == order_id)).one()


def orders_of_purchase(work: Work, purchase_id: str) -> Sequence[sa.Row]:
    """By their ids; none, if there is no such purchase."""
    together = sa.select(orders).where(orders.c.purchase_id == purchase_id)
    return work.execute(together.order_by(orders.c.order_id)).all()


def stuck_orders(work: Work, limit: int) -> Sequence[sa.Row]:
    return work.execute(sa.select(orders).where(orders.c.stuck_step.is_not(None)).limit(limit)).all()


def all_orders(work: Work) -> Iterator[Sequence[sa.Row]]:
    """For audits: every order, some hundreds at a time, by their ids."""
    last = ""
    while batch := work.execute(
        sa.select(orders).where(orders.c.order_id > last).order_by(orders.c.order_id).limit(AUDIT_BATCH)
    ).all():
        yield batch
        last = batch[-1].order_id


def lines_of(work: Work, order_ids: Sequence[str]) -> Rows:
    return _by_order(work, order_line, order_ids, order_line.c.line_no)


def parcels_of(work: Work, order_ids: Sequence[str]) -> Rows:
    return _by_order(work, parcel, order_ids, parcel.c.shipment_id)


def codes_of(work: Work, order_ids: Sequence[str]) -> Rows:
    return _by_order(work, issued_code, order_ids, issued_code.c.sku_id, issued_code.c.code)


def facts_of(work: Work, order_id: str) -> list[sa.Row]:
    return _by_order(work, order_fact, [order_id], order_fact.c.id)[order_id]


def placed_by(work: Work, order_id: str) -> str:
    placed = (order_fact.c.order_id == order_id, order_fact.c.what == "order.placed")
    return str(work.execute(sa.select(order_fact.c.actor).where(*placed)).scalar_one())


def _by_order(work: Work, table: sa.Table, order_ids: Sequence[str], *order: sa.Column) -> Rows:
    found: Rows = defaultdict(list)
    for row in work.execute(sa.select(table).where(table.c.order_id.in_(order_ids)).order_by(*order)):
        found[row.order_id].append(row)
    return found
