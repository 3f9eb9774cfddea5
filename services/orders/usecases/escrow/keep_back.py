"""What an order owes its merchants: kept back when it is paid, less when something goes back, nothing when it is called
off. All of it in the transaction of what it follows from, under the order's lock."""

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders import contract
from services.orders.domain.escrow import CREDITED, DEBIT, REFUND, Worth, sold_and_kept
from services.orders.storage.escrow import add_entry, entries_of, escrows_of, find_escrow, keep_back, look_now

CALLED_OFF = "called_off"


def keep_back_for_merchants(work: Work, order: sa.Row) -> None:
    keep_back(work, order.order_id)


def take_back_from_merchant(work: Work, order: sa.Row, merchant_id: str, worth: Worth, operation: str) -> None:
    """Once for each ``operation``."""
    escrow = find_escrow(work, order.order_id, merchant_id)
    if escrow is not None:
        _take_back(work, order, escrow, worth, operation)


def _take_back(work: Work, order: sa.Row, escrow: sa.Row, worth: Worth, operation: str) -> None:
    """What was not credited yet is not credited; what was lands in the next period."""
    merchant_id, kind = escrow.merchant_id, DEBIT if escrow.state == CREDITED else REFUND
    if worth and add_entry(work, order.order_id, merchant_id, operation, kind, -worth) and kind == DEBIT:
        data = {"order_id": order.order_id, "merchant_id": merchant_id, "operation": operation, **vars(worth)}
        work.emit(contract.MERCHANT_DEBITED, merchant_id, data, order.version)


def follow_end(work: Work, order: sa.Row) -> None:
    """A good end is a receipt, if the member said so; of a bad one nothing is left for anybody."""
    if order.status == "completed":
        look_now(work, order.order_id)
    elif order.confirmed_at is not None:
        _take_back_rest(work, order)


def _take_back_rest(work: Work, order: sa.Row) -> None:
    for escrow in escrows_of(work, order.order_id):
        rest = sold_and_kept(entries_of(work, order.order_id, escrow.merchant_id))
        _take_back(work, order, escrow, rest, CALLED_OFF)
