"""The shipments of an order with all their scans."""

from dataclasses import asdict
from typing import Any

from services.chassis.data.work import Work
from services.logistics.storage.scans import scans_of
from services.logistics.storage.shipments import shipments_of_order

TOLD = ("order_id", "carrier", "carrier_name_zh", "carrier_name_en", "waybill_no", "status", "estimated_delivery_on")


def list_shipments(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """Oldest first, their scans too; an order without parcels has none."""
    return {"shipments": [_shipment(work, row) for row in shipments_of_order(work, request["order_id"])]}


def _shipment(work: Work, row: Any) -> dict[str, Any]:
    scans = [asdict(scan) for scan in scans_of(work, row.id)]
    return {"shipment_id": row.id, **{name: getattr(row, name) for name in TOLD}, "scans": scans}
