"""Job: merchants are credited with what was received, or waited out."""

from datetime import timedelta

import structlog

from services.chassis.data.work import Work, Works
from services.orders import contract
from services.orders.domain.escrow import CREDIT, KEPT, kept_back
from services.orders.storage.escrow import (
    add_entry,
    days_after_delivery,
    entries_of,
    escrows_to_look_at,
    find_escrow,
    look_later,
    mark_credited,
    receipt_of,
)
from services.orders.storage.locks import lock_known_order

BATCH = 50
LOOK_AGAIN = timedelta(hours=6)  # at what nobody knows when it will be due; a receipt is looked at when it comes
log = structlog.get_logger(__name__)


def credit_merchants(works: Works) -> bool:
    """Looks at some that are to be looked at; true if there were any."""
    found = works.run(lambda work, _: escrows_to_look_at(work, BATCH), {})
    for order_id, merchant_id in found:
        try:
            with works.begin() as work:
                credit_merchant(work, order_id, merchant_id)
        except Exception:  # one that breaks must not keep the others waiting
            log.exception("escrow_broke", order_id=order_id)
            with works.begin() as work:
                look_later(work, order_id, merchant_id, work.now + LOOK_AGAIN)
    return bool(found)


def credit_merchant(work: Work, order_id: str, merchant_id: str) -> None:
    """Once; not while it is not received, a case is open, or the order is being called off. Of one that was called off
    nothing is left to credit, and nobody looks at it any more."""
    order = lock_known_order(work, order_id)
    escrow = find_escrow(work, order_id, merchant_id)
    if escrow is None or escrow.state != KEPT:
        return
    receipt = receipt_of(work, order, merchant_id)
    due_at = receipt.due_at(days_after_delivery(work, merchant_id))
    if not receipt.is_called_off and (due_at is None or due_at > work.now):
        look_later(work, order_id, merchant_id, due_at or work.now + LOOK_AGAIN)
        return
    mark_credited(work, order_id, merchant_id)
    worth = kept_back(entries_of(work, order_id, merchant_id))
    if worth and add_entry(work, order_id, merchant_id, CREDIT, CREDIT, worth):
        data = {"order_id": order_id, "merchant_id": merchant_id, "operation": CREDIT, **vars(worth)}
        work.emit(contract.MERCHANT_CREDITED, merchant_id, data, order.version)
