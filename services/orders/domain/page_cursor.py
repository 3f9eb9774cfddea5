"""The place where a page of orders ended, as a text that callers pass back unread."""

import base64
import binascii
from datetime import datetime

from services.chassis.ids import is_id
from services.chassis.refusal import Refused
from services.orders import contract


def cursor_of(placed_at: datetime, order_id: str) -> str:
    return base64.urlsafe_b64encode(f"{placed_at.isoformat()} {order_id}".encode()).decode()


def place_of(cursor: str) -> tuple[datetime, str]:
    """Raises Refused(cursor.invalid) on any text that ``cursor_of`` did not make."""
    try:
        placed_at, _, order_id = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().partition(" ")
        instant = datetime.fromisoformat(placed_at)
    except (binascii.Error, ValueError):
        raise invalid() from None
    if instant.tzinfo is None or not is_id(order_id, "ord"):
        raise invalid()
    return instant, order_id


def invalid() -> Refused:
    return Refused(contract.CURSOR_INVALID, "not a cursor of this list")
