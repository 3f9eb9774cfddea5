"""Moving an order on: the status by its table, the two other axes by their folds, in one conditional update."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.domain.fulfilment import LineToDeliver, Parcel, fulfilment_status
from services.orders.domain.order_status import ORDER
from services.orders.domain.tenders import payment_status
from services.orders.storage.queries import codes_of, lines_of, parcels_of
from services.orders.storage.tenders import tenders_of
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
    return {
        "payment_status": payment_status([tender.state for tender in tenders_of(work, order_id)]),
        "fulfilment_status": folded_fulfilment(work, order_id),
    }


def folded_fulfilment(work: Work, order_id: str) -> str:
    lines = [
        LineToDeliver(line.line_no, line.sku_id, line.kind, line.quantity)
        for line in lines_of(work, [order_id])[order_id]
    ]
    parcels = [Parcel(row.status, tuple(row.line_nos)) for row in parcels_of(work, [order_id])[order_id]]
    return fulfilment_status(lines, parcels, [code.sku_id for code in codes_of(work, [order_id])[order_id]])
