"""The life of an order as a table. ``confirmed`` is the pivot: money is taken for good, goods go out."""

from services.chassis.transitions import Transitions
from services.orders.contract import APPROVAL, PAYMENT

# ``placing`` is never stored: an order exists once everything it needs is held. One with nothing to pay in cash is
# confirmed in the same transaction.
ORDER = Transitions(
    name="order",
    initial="placing",
    table={
        "placing": {"place": "awaiting_payment"},
        "awaiting_payment": {"confirm": "confirmed", "begin_closing": "closing"},
        "closing": {"confirm": "confirmed", "close": "closed"},
        "closed": {},
        "confirmed": {"begin_cancelling": "cancelling", "complete": "completed"},
        "cancelling": {"cancel": "cancelled", "resume": "confirmed"},
        "cancelled": {},
        "completed": {},
    },
)

PLACING = "placing"
STORED_STATUSES = tuple(status for status in ORDER.states if status != PLACING)
CALLED_OFF = ("closing", "closed", "cancelling", "cancelled")


def awaited(status: str, has_to_be_approved: bool, is_approved: bool) -> str | None:
    """What keeps an order from being confirmed; None, if it is confirmed or called off."""
    if status != "awaiting_payment":
        return None
    return APPROVAL if has_to_be_approved and not is_approved else PAYMENT
