"""Booking waybills: claim, commit, ask the carrier, settle what it answered.

A crash after the carrier booked is healed by asking again: the carrier knows the shipment id and answers with the
same waybill. Carriers that fail are asked apart from the healthy ones, one at a time, so they delay nobody else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from services.chassis.data.work import Work, Works
from services.logistics.adapters.registry import adapter_of, proxy_of
from services.logistics.domain.answers_of_carriers import Booked, BookingRefused, CarrierUnavailable
from services.logistics.domain.carriers import Carrier
from services.logistics.domain.retrying import pause_after
from services.logistics.settings import LogisticsSettings
from services.logistics.storage import carriers as carrier_rows
from services.logistics.storage import locks, shipments
from services.logistics.storage.scans import take_parked
from services.logistics.usecases.assign_shipments import divert, divert_from
from services.logistics.usecases.register_scan import register_scan
from services.logistics.usecases.tell_of_shipments import tell_dispatched

log = structlog.get_logger(__name__)
Finder = Callable[[Work], Any | None]


@dataclass(frozen=True)
class Claim:
    """A shipment as it was when its attempt was counted, and all that the booking needs."""

    shipment: Any
    carrier: Carrier
    sender: dict[str, str]

    @property
    def attempt(self) -> int:
        return self.shipment.attempts + 1


def book_next_shipment(works: Works) -> bool:
    """One shipment of a carrier whose API is well. True when there was one."""
    return _book(works, locks.next_due_at_healthy_carrier)


def probe_failing_carrier(works: Works) -> bool:
    """One shipment of a failing carrier that has rested. True when there was one."""
    return _book(works, lambda work: _probe(work, works.settings))


def _probe(work: Work, settings: LogisticsSettings) -> Any | None:
    code = locks.next_rested_carrier(work)
    if code is None:
        return None
    carrier_rows.let_rest(work, code, work.now + _lease(settings))
    return locks.next_to_probe_with(work, code)


def _book(works: Works, find: Finder) -> bool:
    claim = _claim(works, find)
    if claim is None:
        return False
    try:
        settle_booking(works, claim, ask_to_book(works, claim))
    except BookingRefused as refusal:
        _settle_refusal(works, claim, refusal)
    except CarrierUnavailable as problem:
        _settle_failure(works, claim, problem)
    return True


def _claim(works: Works, find: Finder) -> Claim | None:
    with works.begin() as work:
        row = find(work)
        if row is None:
            return None
        pause = max(_pause(works.settings, row.attempts + 1), _lease(works.settings))
        shipments.claim_for_booking(work, row, work.now + pause)
        return claim_of(work, row)


def claim_of(work: Work, row: Any) -> Claim:
    return Claim(row, carrier_rows.known_carrier(work, row.carrier), carrier_rows.sender_of(work, row.merchant_id))


def ask_to_book(works: Works, claim: Claim) -> Booked:
    """The same waybill for the same shipment, however often. Raises BookingRefused, CarrierUnavailable."""
    row, carrier, settings = claim.shipment, claim.carrier, works.settings
    callback_url = settings.callback_url(carrier.code)
    booking = adapter_of(carrier).booking_request(
        row.id, row.recipient, claim.sender, row.lines, settings.item_weight_g, callback_url, row.collect_fen
    )
    return proxy_of(carrier, settings, works.clock.now()).book(booking)


def settle_booking(works: Works, claim: Claim, booked: Booked) -> None:
    """Whoever settles first dispatches the shipment; one that was stopped meanwhile has a booking to undo."""
    carrier = claim.carrier
    with works.begin() as work:
        locks.lock_waybill(work, carrier.code, booked.waybill_no)
        row = locks.lock_shipment(work, claim.shipment.id)
        if row.waybill_no is not None:
            return
        _check_unused(work, carrier, booked)
        carrier_rows.record_success(work, carrier.code)
        if row.status == "pending":
            _dispatch(work, row, carrier, booked)
        else:
            shipments.set_values(work, row.id, **shipments.booked_values(booked), undo_due_at=work.now)
        _apply_parked(work, row.id, carrier, booked)


def _check_unused(work: Work, carrier: Carrier, booked: Booked) -> None:
    other = locks.lock_shipment_of_waybill(work, carrier.code, booked.waybill_no)
    if other is not None:
        raise CarrierUnavailable(f"waybill {booked.waybill_no} was given out before, for {other.id}")


def _dispatch(work: Work, row: Any, carrier: Carrier, booked: Booked) -> None:
    stamps = {"dispatched_at": work.now, "heard_at": work.now, "last_problem": None}
    dispatched = shipments.change_status(work, row, "book", **shipments.booked_values(booked), **stamps)
    tell_dispatched(work, dispatched, carrier)


def _apply_parked(work: Work, shipment_id: str, carrier: Carrier, booked: Booked) -> None:
    """Callbacks that came before our own transaction did."""
    for webhook_id, told in take_parked(work, carrier.code, booked.waybill_no):
        if told.reference == shipment_id:
            register_scan(work, shipment_id, carrier, told, webhook_id)
        else:
            log.error("parked_callback_of_another_reference", waybill=booked.waybill_no, reference=told.reference)


def _settle_refusal(works: Works, claim: Claim, refusal: BookingRefused) -> None:
    """The carrier is well but does not want this parcel: nothing of this attempt is booked."""
    settings = works.settings
    with works.begin() as work:
        row = locks.lock_shipment(work, claim.shipment.id)
        carrier_rows.record_success(work, claim.carrier.code)
        if _note(work, claim, claim.shipment.may_be_booked, settings, str(refusal)):
            log.warning("booking_refused", shipment=row.id, carrier=claim.carrier.code, problem=str(refusal))
            if not claim.shipment.may_be_booked and claim.attempt >= settings.other_carrier_after:
                divert(work, row, settings.other_carrier_after)


def _settle_failure(works: Works, claim: Claim, problem: CarrierUnavailable) -> None:
    """Only an attempt that surely never arrived leaves the shipment free to go to another carrier."""
    settings, code = works.settings, claim.carrier.code
    may_be_booked = claim.shipment.may_be_booked or not problem.had_no_effect
    with works.begin() as work:
        locks.lock_shipment(work, claim.shipment.id)
        _note(work, claim, may_be_booked, settings, str(problem))
        failures = carrier_rows.record_failure(work, code, str(problem))
        carrier_rows.let_rest(work, code, work.now + _pause(settings, failures))
        if failures >= settings.other_carrier_after:
            divert_from(work, code, settings.other_carrier_after)
    log.warning("carrier_unavailable", carrier=code, failures=failures, problem=str(problem))


def _note(work: Work, claim: Claim, may_be_booked: bool, settings: LogisticsSettings, problem: str) -> bool:
    due_at = work.now + _pause(settings, claim.attempt)
    return shipments.note_failed_booking(work, claim.shipment, may_be_booked, due_at, problem)


def _pause(settings: LogisticsSettings, failures: int) -> timedelta:
    return pause_after(failures, settings.booking_retry_first_s, settings.booking_retry_longest_s)


def _lease(settings: LogisticsSettings) -> timedelta:
    """So long a call may be under way; nobody else takes the shipment or probes the carrier before."""
    return timedelta(seconds=3 * settings.carrier_timeout_s)
