"""How much to order of what runs short. Pure."""

from dataclasses import dataclass

from services.catalog.contract import REPLENISHMENT_RULE_INVALID
from services.chassis.refusal import Refused
from services.chassis.transitions import Transitions

OPEN, ACCEPTED, DISMISSED, LAPSED = "open", "accepted", "dismissed", "lapsed"
REPLENISHMENT = Transitions(
    "replenishment",
    OPEN,
    {
        OPEN: {"accept": ACCEPTED, "dismiss": DISMISSED, "lapse": LAPSED},
        ACCEPTED: {},
        DISMISSED: {},
        LAPSED: {},
    },
)


@dataclass(frozen=True)
class Rule:
    """With fewer than ``least`` units, so many packs that there are ``target``; None: nothing any more. ``from_place``
    None: from the supplier."""

    element_id: str
    place_id: str
    from_place: str | None
    least: int
    target: int | None
    pack: int
    quiet_hours: int

    def check(self) -> None:
        if self.target is not None and self.least > self.target:
            raise Refused(REPLENISHMENT_RULE_INVALID, "what is too little is more than what there shall be")
        if self.from_place == self.place_id:
            raise Refused(REPLENISHMENT_RULE_INVALID, "it comes from another place, or from its supplier")


@dataclass(frozen=True)
class Position:
    """Units of an element at a place: there, promised, and on their way to it. ``at_source`` are those that the place
    where it comes from has to spare; None: a supplier has as many as are wanted."""

    on_hand: int
    reserved: int
    coming: int
    at_source: int | None = None

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved + self.coming


def units_to_order(rule: Rule, position: Position) -> int:
    """Whole packs; 0 if there is enough, or nothing to be had."""
    if rule.target is None or position.available >= rule.least:
        return 0
    packs = -((position.available - rule.target) // rule.pack)
    if position.at_source is not None:
        packs = min(packs, max(position.at_source, 0) // rule.pack)
    return packs * rule.pack
