"""An order as the contract shows it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.domain.order_status import awaited
from services.orders.domain.split import UNITS
from services.orders.storage.pick_ups import pick_ups_of
from services.orders.storage.provisioning import provisionings_of
from services.orders.storage.queries import codes_of, lines_of, parcels_of

View = dict[str, Any]
_TOLD_OF_PICK_UPS = ("name_zh", "name_en", "code", "prepared_at", "fetch_by", "collected_at")


def view_of(work: Work, order: sa.Row) -> View:
    return views_of(work, [order])[0]


def views_of(work: Work, rows: Sequence[sa.Row]) -> list[View]:
    """A handful of queries for any number of orders."""
    order_ids = [row.order_id for row in rows]
    lines, parcels, codes = lines_of(work, order_ids), parcels_of(work, order_ids), codes_of(work, order_ids)
    pick_ups = pick_ups_of(work, [row.order_id for row in rows if row.pick_up_at])
    provisionings = provisionings_of(work, order_ids)
    return [
        {
            **_of_row(row),
            "lines": lines[row.order_id],
            "parcels": parcels[row.order_id],
            "codes": [named(code, lines[row.order_id]) for code in codes[row.order_id]],
            "provisionings": [named_provisioning(one, lines[row.order_id]) for one in provisionings[row.order_id]],
            "pick_up": _pick_up(row, pick_ups.get(row.order_id)),
        }
        for row in rows
    ]


def _of_row(order: sa.Row) -> View:
    return {**order._mapping, "awaits": awaited_by(order)}


def awaited_by(order: sa.Row) -> str | None:
    """What an order that is not confirmed waits for."""
    return awaited(order.status, order.approve_by is not None, order.approved_at is not None)


def named(code: sa.Row, lines: Sequence[sa.Row]) -> View:
    """A code with the names that its part had when the order was placed."""
    parts = (part for line in lines if line.sku_id == code.sku_id for part in line.parts)
    return {**code._mapping, **_names(parts, code.element_id)}


def named_provisioning(row: sa.Row, lines: Sequence[sa.Row]) -> View:
    parts = (part for line in lines if line.line_no == row.line_no for part in line.parts)
    return {**row._mapping, **_names(parts, row.element_id)}


def _names(parts: Iterable[Mapping[str, Any]], element_id: str) -> View:
    part: Mapping[str, Any] = next((part for part in parts if part["element_id"] == element_id), {})
    return {name: part.get(name, "") for name in ("name_zh", "name_en")}


def purchase_of(views: list[View]) -> View:
    """A purchase as the contract shows it; it ends with the first of its orders that is not paid in time."""
    first, pay_by = views[0], [view["pay_by"] for view in views if view["pay_by"]]
    return {
        **{name: first[name] for name in ("purchase_id", "member_id", "placed_at")},
        **{unit: sum(view[unit] for view in views) for unit in UNITS.values()},
        "pay_by": min(pay_by, default=None),
        "orders": views,
    }


def new_view(order: sa.Row, lines: list[dict[str, Any]]) -> View:
    """Of an order that was just placed: nothing has happened to it yet."""
    return {
        **_of_row(order),
        "lines": lines,
        "parcels": [],
        "codes": [],
        "provisionings": [],
        "pick_up": _pick_up(order, None),
    }


def _pick_up(order: sa.Row, told: sa.Row | None) -> View | None:
    if not order.pick_up_at:
        return None
    return {"place_id": order.pick_up_at, **{name: getattr(told, name, None) for name in _TOLD_OF_PICK_UPS}}
