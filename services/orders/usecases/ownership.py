"""Whose order it is."""

import sqlalchemy as sa

from services.chassis.refusal import Refused
from services.orders import contract


def owned(order: sa.Row | None, member_id: str) -> sa.Row:
    """The order if it is this member's; to anybody else it does not exist."""
    if order is None or order.member_id != member_id:
        raise Refused(contract.ORDER_UNKNOWN, "this member has no such order")
    return order
