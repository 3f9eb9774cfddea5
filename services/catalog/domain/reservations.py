"""The life of a reservation: one per order."""

from enum import Enum

from services.chassis.transitions import Transitions

HELD, PROMISED, WAITING, COMMITTED = "held", "promised", "waiting", "committed"
RELEASED, EXPIRED = "released", "expired"
KEPT = (HELD, PROMISED, WAITING, COMMITTED)

# ``waiting`` is sold, and lies in a hall until somebody comes for it.
# ``released`` is the order's own word and final; ``expired`` is only our time-out, which a confirmation may still undo.
# ``promised`` is of a pre-sale: sold, and still to come.
RESERVATION = Transitions(
    name="reservation",
    initial=HELD,
    table={
        HELD: {
            "commit": COMMITTED,
            "promise": PROMISED,
            "prepare": WAITING,
            "release": RELEASED,
            "expire": EXPIRED,
        },
        WAITING: {"hand_over": COMMITTED, "call_off": RELEASED},
        EXPIRED: {"revive": HELD, "bury": RELEASED},
        PROMISED: {"allot": COMMITTED, "renounce": RELEASED},
        COMMITTED: {"take_back": RELEASED},
        RELEASED: {},
    },
)


class Stage(Enum):
    """How far an order had come whose goods are given up, whatever has been heard of it here."""

    TRIED = "tried"  # it could not be placed: its member was never told of it
    PLACED = "placed"
    CONFIRMED = "confirmed"
