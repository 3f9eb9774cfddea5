"""Shipments stopped while a booking was under way: the carrier is told not to come for them."""

import structlog

from services.chassis.data.work import Works
from services.logistics.adapters.registry import proxy_of
from services.logistics.domain.answers_of_carriers import BookingRefused, CarrierUnavailable
from services.logistics.domain.retrying import pause_after
from services.logistics.storage.locks import lock_shipment, next_unwanted_booking
from services.logistics.storage.shipments import set_values
from services.logistics.usecases.book_shipments import Claim, ask_to_book, claim_of, settle_booking

log = structlog.get_logger(__name__)


def undo_next_booking(works: Works) -> bool:
    """One booking that nobody wants. True when there was one."""
    claim = _claim(works)
    if claim is None:
        return False
    try:
        _finish(works, claim, taken_back=_take_back(works, claim))
    except BookingRefused:
        if claim.shipment.undo_attempts + 1 >= works.settings.other_carrier_after:
            _finish(works, claim, taken_back=True)  # it keeps declining, so there never was a booking
    except CarrierUnavailable as problem:
        log.warning("booking_not_undone", shipment=claim.shipment.id, problem=str(problem))
    return True


def _claim(works: Works) -> Claim | None:
    settings = works.settings
    with works.begin() as work:
        row = next_unwanted_booking(work)
        if row is None:
            return None
        attempts = row.undo_attempts + 1
        pause = pause_after(attempts, settings.booking_retry_first_s, settings.booking_retry_longest_s)
        set_values(work, row.id, undo_attempts=attempts, undo_due_at=work.now + pause)
        return claim_of(work, row)


def _take_back(works: Works, claim: Claim) -> bool:
    """Carriers find a booking only by its number; booking again tells it."""
    waybill_no = claim.shipment.waybill_no or _ask_waybill_no(works, claim)
    return proxy_of(claim.carrier, works.settings, works.clock.now()).cancel(waybill_no)


def _ask_waybill_no(works: Works, claim: Claim) -> str:
    booked = ask_to_book(works, claim)
    settle_booking(works, claim, booked)
    return booked.waybill_no


def _finish(works: Works, claim: Claim, taken_back: bool) -> None:
    with works.begin() as work:
        row = lock_shipment(work, claim.shipment.id)
        set_values(work, row.id, undo_due_at=None, undo_refused_at=None if taken_back else work.now)
    if not taken_back:
        log.error("stopped_shipment_was_picked_up", shipment=claim.shipment.id, carrier=claim.carrier.code)
