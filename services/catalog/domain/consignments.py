"""Units on their way to a place: what may happen to a consignment, and what its lines still miss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.catalog.contract import CONSIGNMENT_LINES_WRONG, HAND_OVER, INBOUND, TRANSFER
from services.chassis.refusal import Refused
from services.chassis.transitions import Transitions

REQUESTED, IN_TRANSIT, RECEIVED, CANCELLED = "requested", "in_transit", "received", "cancelled"
_AT_ONCE = {REQUESTED: {"receive": RECEIVED, "cancel": CANCELLED}, RECEIVED: {}, CANCELLED: {}}

# What comes from outside moves as it arrives; what is handed over never is on its way: both sides stand at one counter.
MACHINES = {
    INBOUND: Transitions("inbound", REQUESTED, _AT_ONCE),
    HAND_OVER: Transitions("hand_over", REQUESTED, _AT_ONCE),
    TRANSFER: Transitions(
        "transfer",
        REQUESTED,
        {
            REQUESTED: {"dispatch": IN_TRANSIT, "cancel": CANCELLED},
            IN_TRANSIT: {"receive": RECEIVED, "cancel": CANCELLED},
            RECEIVED: {},
            CANCELLED: {},
        },
    ),
}


@dataclass(frozen=True)
class Line:
    element_id: str
    quantity: int
    arrived: int = 0
    lost: int = 0

    @property
    def missing(self) -> int:
        return self.quantity - self.arrived - self.lost


@dataclass(frozen=True)
class Receipt:
    """Units by element that ``arrived`` now, and those that will not come any more."""

    arrived: Mapping[str, int]
    lost: Mapping[str, int]
    is_complete: bool


def check_lines(lines: Sequence[Line], carried: Mapping[str, bool], kind: str) -> None:
    """``carried`` says of the known elements whether they are: what comes by code cannot be sent about."""
    ids = [line.element_id for line in lines]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise Refused(CONSIGNMENT_LINES_WRONG, "an element is named twice", element_ids=twice)
    if unknown := sorted(set(ids) - set(carried)):
        raise Refused(CONSIGNMENT_LINES_WRONG, "no such elements", element_ids=unknown)
    if kind != INBOUND and (codes := sorted(one for one in ids if not carried[one])):
        raise Refused(CONSIGNMENT_LINES_WRONG, "what comes by code is not carried", element_ids=codes)


def receive(lines: Sequence[Line], came: Sequence[Line], is_last: bool) -> Receipt:
    """``came`` are lines with the units that arrived now; the last receipt gives up what is missing then."""
    missing = {line.element_id: line.missing for line in lines}
    arrived: dict[str, int] = {}
    for line in came:
        arrived[line.element_id] = arrived.get(line.element_id, 0) + line.quantity
    if too_many := sorted(one for one, units in arrived.items() if units > missing.get(one, 0)):
        raise Refused(CONSIGNMENT_LINES_WRONG, "more than is on its way", element_ids=too_many)
    left = {one: units - arrived.get(one, 0) for one, units in missing.items()}
    lost = {one: units for one, units in left.items() if units} if is_last else {}
    return Receipt({one: units for one, units in arrived.items() if units}, lost, is_last or not any(left.values()))
