"""The life of an order as a table. ``confirmed`` is the pivot: money is taken for good, goods go out."""

from services.chassis.transitions import Transitions

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
