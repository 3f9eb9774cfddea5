"""Orders by what is asked for."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.contract import APPROVAL
from services.orders.storage.tables import order_line, orders, parcel, tender, tender_event

Condition = sa.ColumnElement[bool]


def found_orders(work: Work, wanted: Mapping[str, Any], after: tuple[datetime, str] | None, limit: int) -> list[sa.Row]:
    """Newest first; ``wanted`` by the names in CONDITIONS, what is absent or None does not matter; ``after`` is the
    place of the last order of the page before."""
    page = sa.select(orders)
    for name, condition in CONDITIONS.items():
        if wanted.get(name) is not None:
            page = page.where(condition(wanted[name]))
    if after:
        page = page.where(sa.tuple_(orders.c.placed_at, orders.c.order_id) < after)
    return list(work.execute(page.order_by(orders.c.placed_at.desc(), orders.c.order_id.desc()).limit(limit)).all())


def _equals(column: sa.Column) -> Callable[[Any], Condition]:
    return lambda value: column == value


def _has(table: sa.Table, name: str) -> Callable[[Any], Condition]:
    """One of its rows in ``table`` says so."""
    return lambda value: orders.c.order_id.in_(sa.select(table.c.order_id).where(table.c[name] == value))


def _has_trade(trade_no: str) -> Condition:
    """The provider's number stands with what it moved."""
    moved = tender_event.join(tender, tender.c.tender_id == tender_event.c.tender_id)
    said = sa.select(tender.c.order_id).select_from(moved).where(tender_event.c.provider_ref == trade_no)
    return orders.c.order_id.in_(said)


def _has_words(words: str) -> Condition:
    """Of a member's orders only: names of goods have no index."""
    names = (order_line.c.name_zh, order_line.c.name_en)
    named = sa.or_(*(name.icontains(words, autoescape=True) for name in names))
    return sa.exists().where(order_line.c.order_id == orders.c.order_id, named)


def _is_stuck(is_stuck: bool) -> Condition:
    return orders.c.stuck_step.is_not(None) if is_stuck else orders.c.stuck_step.is_(None)


def _awaits(what: str) -> Condition:
    is_open = sa.and_(orders.c.approve_by.is_not(None), orders.c.approved_at.is_(None))
    return sa.and_(orders.c.status == "awaiting_payment", is_open if what == APPROVAL else sa.not_(is_open))


CONDITIONS: Mapping[str, Callable[[Any], Condition]] = {
    **{name: _equals(orders.c[name]) for name in ("member_id", "status", "payment_status", "fulfilment_status")},
    "placed_from": lambda moment: orders.c.placed_at >= moment,
    "placed_before": lambda moment: orders.c.placed_at < moment,
    "merchant_id": _has(order_line, "merchant_id"),
    "sku_id": _has(order_line, "sku_id"),
    "waybill_no": _has(parcel, "waybill_no"),
    "trade_no": _has_trade,
    "words": _has_words,
    "is_stuck": _is_stuck,
    "awaits": _awaits,
}
