"""The life of a hold, one an order."""

from services.chassis.transitions import Transitions

OPEN, CAPTURED, RELEASED, EXPIRED, BARRED = "open", "captured", "released", "expired", "barred"

# A release that comes before its hold bars the order: the hold, when it arrives late, is refused.
# An expired hold can be opened again only to be captured at once, for an order that was confirmed after all.
HOLD = Transitions(
    name="hold",
    initial="absent",
    table={
        "absent": {"hold": OPEN, "release": BARRED},
        OPEN: {"capture": CAPTURED, "release": RELEASED, "time_out": EXPIRED},
        EXPIRED: {"reopen": OPEN},
        CAPTURED: {},
        RELEASED: {},
        BARRED: {},
    },
)
