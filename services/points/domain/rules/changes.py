"""The life of a change of a rule: asked for by one person, decided on by another."""

from services.chassis.transitions import Transitions

REQUESTED, APPROVED, REJECTED = "requested", "approved", "rejected"

RULE_CHANGE = Transitions(
    name="rule_change",
    initial=REQUESTED,
    table={REQUESTED: {"approve": APPROVED, "reject": REJECTED}, APPROVED: {}, REJECTED: {}},
)
