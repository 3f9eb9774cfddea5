"""The events of a shipment; the version of its row is their sequence."""

from typing import Any

from services.chassis.data.work import Work
from services.logistics.contract import SHIPMENT_DELIVERED, SHIPMENT_DISPATCHED, SHIPMENT_MOVED
from services.logistics.domain.carriers import Carrier
from services.logistics.domain.scans import CarrierScan


def tell_dispatched(work: Work, row: Any, carrier: Carrier) -> None:
    data = _facts(row, carrier) | {"estimated_delivery_on": row.estimated_delivery_on}
    work.emit(SHIPMENT_DISPATCHED, row.id, data, sequence=row.version)


def tell_moved(work: Work, row: Any, carrier: Carrier, told: CarrierScan) -> None:
    """A delivery is an event of its own: others wait for it."""
    data = _facts(row, carrier) | {"location": told.location, "occurred_at": told.occurred_at}
    if row.status == "delivered":
        data |= {"signed_by": told.signed_by, "collected_fen": told.collected_fen}
        work.emit(SHIPMENT_DELIVERED, row.id, data, sequence=row.version)
    else:
        work.emit(SHIPMENT_MOVED, row.id, data, sequence=row.version)


def tell_cancelled(work: Work, row: Any, carrier: Carrier) -> None:
    """Of one that was told of as dispatched."""
    data = _facts(row, carrier) | {"location": None, "occurred_at": work.now}
    work.emit(SHIPMENT_MOVED, row.id, data, sequence=row.version)


def _facts(row: Any, carrier: Carrier) -> dict[str, Any]:
    return {
        "shipment_id": row.id,
        "order_id": row.order_id,
        "member_id": row.member_id,
        "carrier": carrier.code,
        "carrier_name_zh": carrier.name_zh,
        "carrier_name_en": carrier.name_en,
        "waybill_no": row.waybill_no,
        "status": row.status,
        "line_nos": [line["line_no"] for line in row.lines],
    }
