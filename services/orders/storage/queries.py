"""Reading orders and what hangs on them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.storage.tables import issued_code, order_fact, order_line, orders, parcel

AUDIT_BATCH = 500
Rows = dict[str, list[sa.Row]]
_ORDER_IDS = sa.any_(sa.bindparam("order_ids", type_=sa.ARRAY(sa.Text)))
_ORDER = sa.select(orders).where(orders.c.order_id == sa.bindparam("order_id"))
_TOGETHER = sa.select(orders).where(orders.c.purchase_id == sa.bindparam("purchase_id")).order_by(orders.c.order_id)


def _of_orders(table: sa.Table, *order: sa.Column) -> sa.Select:
    return sa.select(table).where(table.c.order_id == _ORDER_IDS).order_by(*order)


_LINES = _of_orders(order_line, order_line.c.line_no)
_PARCELS = _of_orders(parcel, parcel.c.shipment_id)
_CODES = _of_orders(issued_code, issued_code.c.sku_id, issued_code.c.code)
_FACTS = _of_orders(order_fact, order_fact.c.id)


def find_order(work: Work, order_id: str) -> sa.Row | None:
    return work.execute(_ORDER, {"order_id": order_id}).one_or_none()


def known_order(work: Work, order_id: str) -> sa.Row:
    return work.execute(_ORDER, {"order_id": order_id}).one()


def orders_of_purchase(work: Work, purchase_id: str) -> Sequence[sa.Row]:
    """By their ids; none, if there is no such purchase."""
    return work.execute(_TOGETHER, {"purchase_id": purchase_id}).all()


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
    return _by_order(work, _LINES, order_ids)


def parcels_of(work: Work, order_ids: Sequence[str]) -> Rows:
    return _by_order(work, _PARCELS, order_ids)


def codes_of(work: Work, order_ids: Sequence[str]) -> Rows:
    return _by_order(work, _CODES, order_ids)


def facts_of(work: Work, order_id: str) -> list[sa.Row]:
    return _by_order(work, _FACTS, [order_id])[order_id]


def placed_by(work: Work, order_id: str) -> str:
    placed = (order_fact.c.order_id == order_id, order_fact.c.what == "order.placed")
    return str(work.execute(sa.select(order_fact.c.actor).where(*placed)).scalar_one())


def _by_order(work: Work, of_orders: sa.Select, order_ids: Sequence[str]) -> Rows:
    found: Rows = defaultdict(list)
    for row in work.execute(of_orders, {"order_ids": list(order_ids)}):
        found[row.order_id].append(row)
    return found
