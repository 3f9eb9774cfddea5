"""One scan, whether called back, parked before or asked for: kept for ever, folded into the status."""

import structlog

from services.chassis.data.work import Work
from services.logistics.domain.carriers import Carrier
from services.logistics.domain.scans import CarrierScan, heaviest
from services.logistics.storage.locks import lock_shipment
from services.logistics.storage.scans import add_scan, scans_of
from services.logistics.storage.shipments import change_status, next_version, set_values
from services.logistics.usecases.tell_of_shipments import tell_moved

log = structlog.get_logger(__name__)


def register_scan(work: Work, shipment_id: str, carrier: Carrier, told: CarrierScan, webhook_id: str | None) -> str:
    """``applied`` when the scan now says where the parcel stands, ``ignored`` when it came too late for that,
    ``duplicate`` when it was known. An event is emitted only if the status changed, or what was collected."""
    row = lock_shipment(work, shipment_id)
    before = heaviest(scans_of(work, shipment_id))
    if not add_scan(work, shipment_id, carrier.code, told, webhook_id):
        return "duplicate"
    set_values(work, shipment_id, heard_at=work.now)
    if row.status == "cancelled":
        log.error("scan_of_cancelled_shipment", shipment=shipment_id, status=told.status)
        return "ignored"
    decisive = heaviest(scans_of(work, shipment_id))
    if decisive is None or decisive.event_id != told.event_id:
        return "ignored"
    if told.status != row.status:
        tell_moved(work, change_status(work, row, told.status), carrier, told)
    elif before and before.collected_fen != told.collected_fen:
        tell_moved(work, next_version(work, row), carrier, told)
    return "applied"
