"""Whose order it is."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.refusal import Refused
from services.orders import contract


def owned_purchase(orders: Sequence[sa.Row], member_id: str) -> Sequence[sa.Row]:
    """The orders of a purchase of this member's; to anybody else it does not exist."""
    if not orders or orders[0].member_id != member_id:
        raise Refused(contract.PURCHASE_UNKNOWN, "this member has no such purchase")
    return orders


def owned(order: sa.Row | None, member_id: str) -> sa.Row:
    """The order if it is this member's; to anybody else it does not exist."""
    if order is None or order.member_id != member_id:
        raise Refused(contract.ORDER_UNKNOWN, "this member has no such order")
    return order
