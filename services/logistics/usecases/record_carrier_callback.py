"""A carrier calls back: is it genuine, is it new, and what does it change?"""

from typing import Any

import structlog

from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.chassis.webhook_signatures import is_fresh, is_signed_by
from services.logistics.adapters.registry import adapter_of
from services.logistics.contract import CALLBACK_MALFORMED, CALLBACK_TOO_OLD, CARRIER_UNKNOWN, SIGNATURE_INVALID
from services.logistics.domain.answers_of_carriers import CallbackMalformed
from services.logistics.domain.carriers import Carrier
from services.logistics.domain.scans import CarrierScan
from services.logistics.storage.carriers import carrier_of
from services.logistics.storage.locks import lock_shipment_of_waybill, lock_waybill
from services.logistics.storage.scans import park
from services.logistics.usecases.register_scan import register_scan

log = structlog.get_logger(__name__)
Request = dict[str, Any]


def record_carrier_callback(works: Works, request: Request) -> dict[str, str]:
    """{"outcome"}. Refuses carrier.unknown, callback.signature_invalid, callback.too_old, callback.malformed."""
    carrier = works.run(_known_carrier, request)
    _check_genuine(works, carrier, request)
    told = _read(carrier, request["body"])
    outcome = works.run(lambda work, _: _record(work, carrier, told, request["webhook_id"]), request)
    log.info("carrier_callback", carrier=carrier.code, waybill=told.waybill_no, status=told.status, outcome=outcome)
    return {"outcome": outcome}


def _known_carrier(work: Work, request: Request) -> Carrier:
    """Also one out of service: what it carries still arrives."""
    carrier = carrier_of(work, request["carrier"])
    if carrier is None:
        raise Refused(CARRIER_UNKNOWN, "no carrier of this code is configured")
    return carrier


def _check_genuine(works: Works, carrier: Carrier, request: Request) -> None:
    secrets, timestamp = works.settings.secrets_of(carrier.secret_name), request["webhook_timestamp"]
    signature, body = request["webhook_signature"], request["body"]
    if not is_signed_by(secrets, request["webhook_id"], timestamp, signature, body):
        raise Refused(SIGNATURE_INVALID, "no signature over id, timestamp and raw body fits this carrier's secret")
    if not is_fresh(timestamp, works.clock.now()):
        raise Refused(CALLBACK_TOO_OLD, "webhook-timestamp is more than 5 minutes away from now")


def _read(carrier: Carrier, body: str) -> CarrierScan:
    try:
        return adapter_of(carrier).parse_callback(body)
    except CallbackMalformed as problem:
        raise Refused(CALLBACK_MALFORMED, str(problem)) from None


def _record(work: Work, carrier: Carrier, told: CarrierScan, webhook_id: str) -> str:
    lock_waybill(work, carrier.code, told.waybill_no)
    row = lock_shipment_of_waybill(work, carrier.code, told.waybill_no)
    if row is None:
        return "parked" if park(work, carrier.code, told, webhook_id) else "duplicate"
    if told.reference != row.id:
        raise Refused(CALLBACK_MALFORMED, "the waybill was booked under another reference")
    return register_scan(work, row.id, carrier, told, webhook_id)
