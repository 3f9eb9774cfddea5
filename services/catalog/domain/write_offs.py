"""The life of a write-off."""

from services.chassis.transitions import Transitions

REQUESTED, POSTED, REJECTED = "requested", "posted", "rejected"
WRITE_OFF = Transitions(
    "write_off",
    REQUESTED,
    {REQUESTED: {"post": POSTED, "approve": POSTED, "reject": REJECTED}, POSTED: {}, REJECTED: {}},
)
