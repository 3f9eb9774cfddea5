"""The life of a membership: which changes are allowed in which state."""

from services.chassis.transitions import Transitions

ACTIVE = "active"
CANCELLED = "cancelled"

MEMBER_STATES = Transitions(
    "member state",
    ACTIVE,
    {
        ACTIVE: {"suspend": "suspended", "pre_cancel": "pre_cancelled"},
        "suspended": {"resume": ACTIVE, "pre_cancel": "pre_cancelled"},
        "pre_cancelled": {"resume": ACTIVE, "cancel": CANCELLED},
        CANCELLED: {},
    },
)
