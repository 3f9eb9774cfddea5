"""The life of a reservation: one per order."""

from services.chassis.transitions import Transitions

HELD, COMMITTED, RELEASED, EXPIRED = "held", "committed", "released", "expired"

# ``released`` is the order's own word and final; ``expired`` is only our time-out, which a confirmation may still undo.
RESERVATION = Transitions(
    name="reservation",
    initial=HELD,
    table={
        HELD: {"commit": COMMITTED, "release": RELEASED, "expire": EXPIRED},
        EXPIRED: {"revive": HELD, "bury": RELEASED},
        COMMITTED: {"take_back": RELEASED},
        RELEASED: {},
    },
)
