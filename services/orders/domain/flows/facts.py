"""What is known of an order, as the steps and the two folded statuses look at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.orders.contract import CODE, ON_DELIVERY, PARCEL, PARCEL_LOST, REFUSED_AT_DOOR
from services.orders.domain.fulfilment import (
    Code,
    LineToDeliver,
    Parcel,
    fulfilment_status,
    is_all_lost,
    is_handed_over_at_once,
)
from services.orders.domain.provisioning import LANE, OPEN, Provisioning, lane_of
from services.orders.domain.tenders import TenderState, payment_status


@dataclass(frozen=True)
class Facts:
    """``tenders`` by kind; ``cash_provider`` takes the cash; ``pay_by`` ends the time to pay, ``received_by`` the time
    after delivery in which a member may still say that something is wrong (None: not delivered).
    ``is_case_open``: something is being put right; ``is_given_back``: every piece of it was given back. Of goods that
    are sold before they are there: from when on they are sent, as was promised, and whether they are there now.
    ``is_prepared``, ``is_collected``: the goods wait in a hall, until ``fetch_by``, or were handed over there. What has
    to be approved is so until ``approve_by``."""

    tenders: Mapping[str, TenderState]
    lines: tuple[LineToDeliver, ...]
    parcels: tuple[Parcel, ...] = ()
    codes: tuple[Code, ...] = ()
    provisionings: tuple[Provisioning, ...] = ()
    cash_provider: str | None = None
    is_being_paid: bool = False
    pay_by: datetime | None = None
    received_by: datetime | None = None
    is_case_open: bool = False
    is_given_back: bool = False
    is_allotted: bool = False
    ships_from: datetime | None = None
    is_prepared: bool = False
    is_collected: bool = False
    fetch_by: datetime | None = None
    approve_by: datetime | None = None
    is_approved: bool = False

    @property
    def payment_status(self) -> str:
        return payment_status(tuple(self.tenders.values()))

    @property
    def fulfilment_status(self) -> str:
        return fulfilment_status(self.lines, self.parcels, self.codes, self.provisionings, self.is_collected)

    @property
    def counts_as_received_by(self) -> datetime | None:
        """Not while something is being put right."""
        return None if self.is_case_open else self.received_by

    @property
    def is_untouched(self) -> bool:
        """Nothing is on its way, was or is being handed over or switched on, and what was to come has not come."""
        is_here = self.is_allotted or is_handed_over_at_once(self.lines)
        return self.fulfilment_status == "none" and not is_here

    @property
    def are_goods_lost(self) -> bool:
        return is_all_lost(self.parcels)

    @property
    def is_cash_promised(self) -> bool:
        """For the door, and it has not come."""
        return self.cash_provider == ON_DELIVERY and not self.is_captured("cash")

    @property
    def why_never_paid_at_door(self) -> str | None:
        """Goods that are lost do not come to any door, those that are back came to it unpaid."""
        if not self.is_cash_promised:
            return None
        if self.are_goods_lost:
            return PARCEL_LOST
        return REFUSED_AT_DOOR if self.fulfilment_status == "returned" else None

    def is_held(self, kind: str) -> bool:
        tender = self.tenders.get(kind)
        return tender is None or tender.held >= tender.due

    def is_captured(self, kind: str) -> bool:
        tender = self.tenders.get(kind)
        return tender is None or tender.is_captured

    def is_covered(self, kind: str) -> bool:
        tender = self.tenders.get(kind)
        return tender is None or tender.is_covered

    def delivered(self, delivery: str) -> bool:
        """All parts that are delivered this way are there."""
        lines = tuple(line.only(delivery) for line in self.lines if line.only(delivery).parts)
        return (
            not lines
            or fulfilment_status(lines, self.parcels, self.codes, self.provisionings, self.is_collected) == "delivered"
        )

    @property
    def may_be_taken_back(self) -> bool:
        """Of an order of which a partner refused a part: nothing of it is out that cannot be undone. Whether a parcel
        can be kept, logistics says."""
        others = tuple(line.only(PARCEL) for line in self.lines if line.only(PARCEL).parts)
        is_carried = bool(others) and fulfilment_status(others, self.parcels, ()) != "none"
        has_codes = any(line.only(CODE).parts for line in self.lines)
        return not (is_carried or has_codes) and all(one.can_be_undone for one in self.provisionings)

    @property
    def is_switched_on(self) -> bool:
        """Something is, or may be."""
        return any(one.is_open or one.state == "succeeded" for one in self.provisionings)

    def provision_lane(self) -> str | None:
        """Of the partner that is to be asked next; on the way back of one that has switched something on. When the step
        is just begun, nothing is written down yet: then of the first of those that will be asked."""
        named = (part.provisioner for line in self.lines for part in line.parts if part.provisioner)
        first = next((f"{LANE}{provisioner}" for provisioner in named), None)
        return lane_of(self.provisionings, OPEN) or lane_of(self.provisionings, ("succeeded",)) or first
