"""The fallback for lost callbacks: carriers are asked about parcels they have not mentioned for long."""

from datetime import timedelta
from typing import Any

import structlog

from services.chassis.data.work import Work, Works
from services.logistics.adapters.registry import proxy_of
from services.logistics.domain.answers_of_carriers import CarrierUnavailable, Tracked
from services.logistics.domain.carriers import Carrier
from services.logistics.domain.shipping_states import ON_THE_WAY
from services.logistics.storage.carriers import all_carriers
from services.logistics.storage.locks import lock_shipment, next_silent_shipment
from services.logistics.storage.shipments import change_status, set_values
from services.logistics.usecases.register_scan import register_scan
from services.logistics.usecases.tell_of_shipments import tell_cancelled

MOST_A_RUN = 200
LONGEST_RUN = timedelta(seconds=15)  # a run stays well below the limit of a worker
log = structlog.get_logger(__name__)


def ask_silent_carriers(works: Works) -> int:
    """How many shipments were asked about. A carrier that does not answer is left alone until the next run."""
    ends_at, mute, asked = works.clock.now() + LONGEST_RUN, set[str](), 0
    carriers = _carriers_by_code(works)
    while asked < MOST_A_RUN and works.clock.now() < ends_at:
        row = _claim(works, mute)
        if row is None:
            break
        asked += 1
        if not _ask_about(works, row, carriers[row.carrier]):
            mute.add(row.carrier)
    return asked


def _carriers_by_code(works: Works) -> dict[str, Carrier]:
    with works.begin() as work:
        return {carrier.code: carrier for carrier in all_carriers(work)}


def _claim(works: Works, mute: set[str]) -> Any | None:
    settings = works.settings
    with works.begin() as work:
        silent_since = work.now - timedelta(seconds=settings.carrier_silence_s)
        young = work.now - timedelta(days=settings.tracking_days)
        row = next_silent_shipment(work, ON_THE_WAY, silent_since, young, sorted(mute))
        if row is not None:
            set_values(work, row.id, polled_at=work.now)
        return row


def _ask_about(works: Works, row: Any, carrier: Carrier) -> bool:
    try:
        tracked = proxy_of(carrier, works.settings, works.clock.now()).track(row.waybill_no, row.id)
    except CarrierUnavailable as problem:
        log.warning("tracking_unanswered", carrier=carrier.code, shipment=row.id, problem=str(problem))
        return False
    with works.begin() as work:
        _apply(work, row.id, carrier, tracked)
    return True


def _apply(work: Work, shipment_id: str, carrier: Carrier, tracked: Tracked) -> None:
    for told in sorted(tracked.scans, key=lambda scan: scan.occurred_at):
        register_scan(work, shipment_id, carrier, told, webhook_id=None)
    row = lock_shipment(work, shipment_id)
    if tracked.is_cancelled and row.status == "dispatched":
        cancelled = change_status(work, row, "cancel")
        log.warning("cancelled_by_carrier", shipment=shipment_id, carrier=carrier.code)
        tell_cancelled(work, cancelled, carrier)
