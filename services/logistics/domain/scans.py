"""What a carrier tells of a parcel, and how all it told is folded into one status."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

# A parcel only moves up. Equal ranks alternate by the carrier's own time: a second try follows a failed one.
RANK = {
    "picked_up": 1,
    "in_transit": 2,
    "out_for_delivery": 3,
    "delivery_failed": 3,
    "damaged": 4,
    "lost": 5,
    "returned": 6,
    "delivered": 7,
}
NO_SCANS = "dispatched"


@dataclass(frozen=True)
class CarrierScan:
    """``event_id`` is the carrier's name of the fact: the same in every callback and in tracking. ``collected_fen`` is
    the cash that it collected at the door."""

    event_id: str
    waybill_no: str
    reference: str
    status: str
    occurred_at: datetime
    location: str | None
    signed_by: str | None
    remark: str | None
    collected_fen: int | None = None


def weight(status: str, occurred_at: datetime, event_id: str) -> tuple[int, datetime, bool, str]:
    """A total order over scans: the heaviest one decides, so neither arrival order nor repetition matters."""
    return RANK[status], occurred_at, status == "delivery_failed", event_id


def heaviest(scans: Iterable[CarrierScan]) -> CarrierScan | None:
    """The scan that says where the parcel stands."""
    return max(scans, key=lambda scan: weight(scan.status, scan.occurred_at, scan.event_id), default=None)


def status_after(scans: Iterable[CarrierScan]) -> str:
    """The status of a booked shipment of which the carrier has told ``scans``, in any order."""
    decisive = heaviest(scans)
    return decisive.status if decisive else NO_SCANS
