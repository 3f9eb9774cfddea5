"""Moving an order on: the status by its table, the two other axes by their folds, in one conditional update."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.domain.fulfilment import LineToDeliver, Parcel, PartToDeliver, fulfilment_status
from services.orders.domain.order_status import ORDER
from services.orders.domain.tenders import payment_status
from services.orders.storage.queries import codes_of, lines_of, parcels_of
from services.orders.storage.tenders import tenders_of_orders
from services.orders.storage.writes import update_order


def advance(work: Work, order: sa.Row, step: str, **values: Any) -> sa.Row:
    """The order after ``step``; raises IllegalTransition if its status does not allow it. Needs the order's lock."""
    return update_order(
        work, order, status=ORDER.next(order.status, step), **folded_statuses(work, order.order_id), **values
    )


def refold(work: Work, order: sa.Row, **values: Any) -> sa.Row:
    """The order with its payment and fulfilment as the facts now have it; unchanged if they say nothing new."""
    folded = folded_statuses(work, order.order_id) | values
    if all(getattr(order, name) == value for name, value in folded.items()):
        return order
    return update_order(work, order, **folded)


def folded_statuses(work: Work, order_id: str) -> dict[str, str]:
    """The only writers of these two columns are the two folds."""
    return folded_statuses_of(work, [order_id])[order_id]


def folded_statuses_of(work: Work, order_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    tenders, fulfilments = tenders_of_orders(work, order_ids), folded_fulfilments_of(work, order_ids)
    return {
        order_id: {
            "payment_status": payment_status([tender.state for tender in tenders[order_id]]),
            "fulfilment_status": fulfilments[order_id],
        }
        for order_id in order_ids
    }


def folded_fulfilment(work: Work, order_id: str) -> str:
    return folded_fulfilments_of(work, [order_id])[order_id]


def folded_fulfilments_of(work: Work, order_ids: Sequence[str]) -> dict[str, str]:
    lines, parcels, codes = lines_of(work, order_ids), parcels_of(work, order_ids), codes_of(work, order_ids)
    return {
        order_id: fulfilment_status(
            lines_to_deliver(lines[order_id]),
            [Parcel(row.status, tuple(row.line_nos)) for row in parcels[order_id]],
            [(code.sku_id, code.element_id) for code in codes[order_id]],
        )
        for order_id in order_ids
    }


def lines_to_deliver(lines: Sequence[sa.Row]) -> list[LineToDeliver]:
    return [
        LineToDeliver(row.line_no, row.sku_id, row.quantity, tuple(PartToDeliver(**part) for part in row.parts))
        for row in lines
    ]
