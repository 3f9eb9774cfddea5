"""What must always be true of shipments, and what somebody should look at; findings name the shipments."""

from typing import Any

from services.chassis.data.work import Work
from services.logistics.domain.scans import status_after
from services.logistics.domain.shipping_states import BEFORE_PICK_UP, TOLD_BY_CARRIERS
from services.logistics.storage import audit

Finding = dict[str, Any]


def check_invariants(work: Work, _request: dict[str, Any]) -> list[Finding]:
    """[{"name", "ok", "found"}]; ``found`` holds ids, empty when ok."""
    return [
        _finding("one living shipment per order and merchant", audit.orders_with_rival_shipments(work)),
        _finding("status is the fold of the scans", _misjudged(work)),
        _finding("dispatched shipments have a carrier and a waybill", audit.dispatched_without_waybill(work)),
        _finding("no callback is parked though its waybill is known", audit.needlessly_parked(work)),
        _finding("nothing of a stopped order is on its way", audit.living_shipments_of_stopped_orders(work)),
    ]


def list_exceptions(work: Work, _request: dict[str, Any]) -> list[Finding]:
    """The same form for what happens in a sound mall too, yet needs a person."""
    return [
        _finding("no stopped parcel was picked up all the same", audit.stopped_but_carried(work)),
        _finding("no shipment waits for a waybill longer than an hour", audit.long_overdue(work)),
    ]


def _finding(name: str, found: list[str]) -> Finding:
    return {"name": name, "ok": not found, "found": found}


def _misjudged(work: Work) -> list[str]:
    """Cancelled shipments may have scans; they are a finding of their own."""
    stories = audit.stories(work, ("dispatched", *TOLD_BY_CARRIERS))
    wrong = [shipment for shipment, status, scans in stories if status_after(scans) != status]
    return wrong + audit.scanned_in(work, tuple(set(BEFORE_PICK_UP) - {"cancelled"}))
