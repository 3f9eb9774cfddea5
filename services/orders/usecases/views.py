"""An order as the contract shows it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.storage.queries import codes_of, lines_of, parcels_of

View = dict[str, Any]


def view_of(work: Work, order: sa.Row) -> View:
    return views_of(work, [order])[0]


def views_of(work: Work, rows: Sequence[sa.Row]) -> list[View]:
    """Three queries for any number of orders."""
    order_ids = [row.order_id for row in rows]
    lines, parcels, codes = lines_of(work, order_ids), parcels_of(work, order_ids), codes_of(work, order_ids)
    return [
        {
            **row._mapping,
            "lines": lines[row.order_id],
            "parcels": parcels[row.order_id],
            "codes": codes[row.order_id],
        }
        for row in rows
    ]


def new_view(order: sa.Row, lines: list[dict[str, Any]]) -> View:
    """Of an order that was just placed: nothing has happened to it yet."""
    return {**order._mapping, "lines": lines, "parcels": [], "codes": []}
