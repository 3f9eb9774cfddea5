"""The open parcel protocol, translated: pure functions from and to its JSON."""

from typing import Any

import orjson
from marshmallow import Schema, ValidationError, fields

from services.chassis.schemas import Record, choice, integer, listed, text
from services.logistics.domain.answers_of_carriers import (
    Booked,
    BookingRefused,
    CallbackMalformed,
    CarrierUnavailable,
    Tracked,
)
from services.logistics.domain.scans import CarrierScan
from services.logistics.domain.shipping_states import TOLD_BY_CARRIERS

STANDARD = "standard"
CANCELLED = "cancelled"
TRY_LATER = (408, 425, 429)


class _Scan(Record):
    """Unknown fields are passed over, so that the carrier may add some; known ones are read strictly."""

    event_id = text(200)
    status = choice(*TOLD_BY_CARRIERS)
    occurred_at = fields.AwareDateTime(format="iso", default_timezone=None, required=True)  # local time is ambiguous
    location = text(120, shortest=0, allow_none=True)
    signed_by = text(80, shortest=0, allow_none=True)
    remark = text(200, shortest=0, allow_none=True)
    collected_fen = integer(allow_none=True)


class _Callback(_Scan):
    waybill_no = text(60)
    reference = text(80)


class _Booking(Record):
    waybill_no = text(60)
    reference = text(80)
    label_url = text(500, allow_none=True)
    estimated_delivery_on = fields.Date(allow_none=True, load_default=None)


class _Tracking(Record):
    waybill_no = text(60)
    status = text(40)
    scans = listed(_Scan)


_CALLBACK, _BOOKING, _TRACKING = _Callback(), _Booking(), _Tracking()


def booking_request(
    shipment_id: str,
    recipient: dict[str, str],
    sender: dict[str, str],
    lines: list[dict[str, Any]],
    item_weight_g: int,
    callback_url: str,
    collect_fen: int,
) -> dict[str, Any]:
    """The body of a booking; the shipment id is the reference under which the carrier books once. Cash is collected at
    the door if there is any to collect."""
    cash = {"cash_on_delivery_fen": collect_fen} if collect_fen else {}
    return {
        "reference": shipment_id,
        "service": STANDARD,
        "recipient": _person(recipient),
        "sender": _person(sender),
        "parcels": [_parcel(line, item_weight_g) for line in lines],
        "callback_url": callback_url,
        **cash,
    }


def parse_booking(status: int, body: bytes, shipment_id: str) -> Booked:
    """Raises BookingRefused when surely nothing was booked, CarrierUnavailable when that is not known."""
    if status in TRY_LATER:
        raise CarrierUnavailable(f"asked to come later: status {status}", had_no_effect=True)
    if 400 <= status < 500:
        raise BookingRefused(f"status {status}: {body[:200].decode(errors='replace')}")
    if status not in (200, 201):
        raise CarrierUnavailable(f"status {status}")
    booking = _answer(_BOOKING, body)
    if booking["reference"] != shipment_id:
        raise CarrierUnavailable("the answer is about another reference")
    day = booking["estimated_delivery_on"]
    return Booked(booking["waybill_no"], booking["label_url"], day.isoformat() if day else None)


def parse_cancellation(status: int) -> bool:
    """True: it will not be carried; False: it is picked up already. Raises CarrierUnavailable."""
    if status in (200, 204, 409):
        return status != 409
    raise CarrierUnavailable(f"status {status}")


def parse_tracking(status: int, body: bytes, waybill_no: str, shipment_id: str) -> Tracked:
    """Raises CarrierUnavailable for anything that is not the story of this waybill."""
    if status != 200:
        raise CarrierUnavailable(f"status {status}")
    tracking = _answer(_TRACKING, body)
    if tracking["waybill_no"] != waybill_no:
        raise CarrierUnavailable("the answer is about another waybill")
    scans = [_scan({**scan, "waybill_no": waybill_no, "reference": shipment_id}) for scan in tracking["scans"]]
    return Tracked(tracking["status"] == CANCELLED, tuple(scans))


def parse_callback(body: str) -> CarrierScan:
    """Raises CallbackMalformed that names every wrong field."""
    try:
        return _scan(_CALLBACK.load(orjson.loads(body)))
    except orjson.JSONDecodeError:
        raise CallbackMalformed("the body is not JSON") from None
    except ValidationError as problem:
        raise CallbackMalformed(str(problem.normalized_messages())) from None


def _answer(schema: Schema, body: bytes) -> dict[str, Any]:
    try:
        return schema.load(orjson.loads(body))
    except (orjson.JSONDecodeError, ValidationError) as problem:
        raise CarrierUnavailable(f"the answer is malformed: {problem}") from None


def _scan(values: dict[str, Any]) -> CarrierScan:
    blank_is_none = {name: values.get(name) or None for name in ("location", "signed_by", "remark")}
    return CarrierScan(**{**values, **blank_is_none})


def _person(address: dict[str, str]) -> dict[str, str]:
    kept = {name: address[name] for name in ("name", "phone", "province", "city", "district")}
    return {**kept, "address": address["street"]}


def _parcel(line: dict[str, Any], item_weight_g: int) -> dict[str, Any]:
    weight_g = line["quantity"] * item_weight_g
    return {"description": line["name_zh"], "quantity": line["quantity"], "weight_g": weight_g}
