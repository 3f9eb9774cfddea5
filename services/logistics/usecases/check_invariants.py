"""What must always be true of shipments, and what somebody should look at; findings name the shipments."""

from services.chassis.data.audit import Finding, finding
from services.chassis.data.work import Work
from services.logistics.domain.scans import status_after
from services.logistics.domain.shipping_states import BEFORE_PICK_UP, TOLD_BY_CARRIERS
from services.logistics.storage import audit


def check_invariants(work: Work) -> list[Finding]:
    """``found`` are ids."""
    return [
        finding("one living shipment per order and merchant", audit.orders_with_rival_shipments(work)),
        finding("status is the fold of the scans", _misjudged(work)),
        finding("dispatched shipments have a carrier and a waybill", audit.dispatched_without_waybill(work)),
        finding("no callback is parked though its waybill is known", audit.needlessly_parked(work)),
        finding("nothing of a stopped order is on its way", audit.living_shipments_of_stopped_orders(work)),
    ]


def list_exceptions(work: Work) -> list[Finding]:
    """The same form for what happens in a sound mall too, yet needs a person."""
    return [
        finding("no stopped parcel was picked up all the same", audit.stopped_but_carried(work)),
        finding("no shipment waits for a waybill longer than an hour", audit.long_overdue(work)),
    ]


def _misjudged(work: Work) -> list[str]:
    """Cancelled shipments may have scans; they are a finding of their own."""
    stories = audit.stories(work, ("dispatched", *TOLD_BY_CARRIERS))
    wrong = [shipment for shipment, status, scans in stories if status_after(scans) != status]
    return wrong + audit.scanned_in(work, tuple(set(BEFORE_PICK_UP) - {"cancelled"}))
