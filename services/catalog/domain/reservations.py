"""The life of a reservation: one per order."""

from services.chassis.transitions import Transitions

HELD, PROMISED, COMMITTED, RELEASED, EXPIRED = "held", "promised", "committed", "released", "expired"
KEPT = (HELD, PROMISED, COMMITTED)

# ``released`` is the order's own word and final; ``expired`` is only our time-out, which a confirmation may still undo.
# ``promised`` is of a pre-sale: sold, and still to come.
RESERVATION = Transitions(
    name="reservation",
    initial=HELD,
    table={
        HELD: {"commit": COMMITTED, "promise": PROMISED, "release": RELEASED, "expire": EXPIRED},
        EXPIRED: {"revive": HELD, "bury": RELEASED},
        PROMISED: {"allot": COMMITTED, "renounce": RELEASED},
        COMMITTED: {"take_back": RELEASED},
        RELEASED: {},
    },
)
