from datetime import UTC, datetime

import orjson
import pytest

from services.logistics.adapters import open_parcel
from services.logistics.domain.answers_of_carriers import BookingRefused, CallbackMalformed, CarrierUnavailable

SHIPMENT = "shp_" + "1" * 32
CALLBACK = {
    "event_id": "evt_1",
    "waybill_no": "LX1",
    "reference": SHIPMENT,
    "status": "delivered",
    "occurred_at": "2026-11-21T18:00:00.500+08:00",
    "location": "深圳",
    "signed_by": "王小明",
    "remark": "",
}
BOOKING = {"waybill_no": "LX1", "reference": SHIPMENT, "label_url": "http://c/l", "estimated_delivery_on": "2026-11-24"}

OTHER_WAYBILL = b'{"waybill_no": "LX2", "status": "lost", "scans": []}'


def callback(**changes) -> str:
    return orjson.dumps({**CALLBACK, **changes}).decode()


def booking(status=201, **changes):
    return open_parcel.parse_booking(status, orjson.dumps({**BOOKING, **changes}), SHIPMENT)


def test_a_booking_is_written_in_the_carriers_words():
    person = {"name": "王", "phone": "1", "province": "广东", "city": "深圳", "district": "南山", "street": "路 1 号"}
    lines = [{"line_no": 1, "name_zh": "杯", "quantity": 2}]
    request = open_parcel.booking_request(SHIPMENT, person, {**person, "name": "仓"}, lines, 500, "http://mall/cb", 0)
    spoken = {"phone": "1", "province": "广东", "city": "深圳", "district": "南山", "address": "路 1 号"}
    assert request == {
        "reference": SHIPMENT,
        "service": "standard",
        "recipient": {"name": "王", **spoken},
        "sender": {"name": "仓", **spoken},
        "parcels": [{"description": "杯", "quantity": 2, "weight_g": 1000}],
        "callback_url": "http://mall/cb",
    }
    asked = open_parcel.booking_request(SHIPMENT, person, {**person, "name": "仓"}, lines, 500, "http://mall/cb", 9900)
    assert asked == {**request, "cash_on_delivery_fen": 9900}


def test_what_was_collected_at_the_door_is_read_strictly():
    assert open_parcel.parse_callback(callback(collected_fen=9900)).collected_fen == 9900
    assert open_parcel.parse_callback(callback()).collected_fen is None
    for wrong in (-1, 99.5, "9900"):
        with pytest.raises(CallbackMalformed, match="collected_fen"):
            open_parcel.parse_callback(callback(collected_fen=wrong))


@pytest.mark.parametrize("status", [200, 201])
def test_a_booking_is_understood(status):
    booked = booking(status)
    assert (booked.waybill_no, booked.label_url, booked.estimated_delivery_on) == ("LX1", "http://c/l", "2026-11-24")


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422])
def test_a_refused_booking_has_surely_not_happened(status):
    with pytest.raises(BookingRefused):
        booking(status)


@pytest.mark.parametrize(("status", "had_no_effect"), [(429, True), (302, False), (204, False)])
def test_other_answers_leave_the_booking_open(status, had_no_effect):
    with pytest.raises(CarrierUnavailable) as problem:
        booking(status)
    assert problem.value.had_no_effect is had_no_effect


@pytest.mark.parametrize(
    "change", [{"reference": "shp_other"}, {"waybill_no": ""}, {"waybill_no": 7}, {"estimated_delivery_on": "soon"}]
)
def test_an_answer_that_makes_no_sense_is_no_booking(change):
    with pytest.raises(CarrierUnavailable):
        booking(**change)


def test_an_answer_that_is_not_json_is_no_booking():
    with pytest.raises(CarrierUnavailable):
        open_parcel.parse_booking(200, b"<html>", SHIPMENT)


def test_a_callback_is_understood():
    told = open_parcel.parse_callback(callback(extra="passed over"))
    assert (told.event_id, told.waybill_no, told.reference, told.status) == ("evt_1", "LX1", SHIPMENT, "delivered")
    assert told.occurred_at == datetime(2026, 11, 21, 10, 0, 0, 500_000, UTC)
    assert (told.location, told.signed_by, told.remark) == ("深圳", "王小明", None)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no json",
        "[]",
        "null",
        "{}",
        callback(status="teleported"),
        callback(status="dispatched"),
        callback(status=None),
        callback(occurred_at="2026-11-21T18:00:00"),
        callback(occurred_at=1700000000),
        callback(event_id=""),
        callback(event_id={"a": 1}),
        callback(waybill_no="x" * 61),
        callback(remark="x" * 201),
        callback(location="a\u0000b"),
    ],
)
def test_a_callback_outside_the_protocol_is_malformed(body):
    with pytest.raises(CallbackMalformed):
        open_parcel.parse_callback(body)


def test_tracking_is_understood():
    scan = {name: CALLBACK[name] for name in ("event_id", "status", "occurred_at", "location")}
    body = orjson.dumps({"waybill_no": "LX1", "status": "delivered", "scans": [scan]})
    tracked = open_parcel.parse_tracking(200, body, "LX1", SHIPMENT)
    assert not tracked.is_cancelled
    assert [(each.event_id, each.waybill_no, each.reference) for each in tracked.scans] == [("evt_1", "LX1", SHIPMENT)]


def test_a_waybill_the_carrier_has_cancelled():
    body = orjson.dumps({"waybill_no": "LX1", "status": "cancelled", "scans": []})
    assert open_parcel.parse_tracking(200, body, "LX1", SHIPMENT).is_cancelled


@pytest.mark.parametrize(("status", "body"), [(404, b"{}"), (200, b"{}"), (200, OTHER_WAYBILL)])
def test_tracking_of_something_else_is_no_answer(status, body):
    with pytest.raises(CarrierUnavailable):
        open_parcel.parse_tracking(status, body, "LX1", SHIPMENT)


@pytest.mark.parametrize(("status", "given_back"), [(200, True), (204, True), (409, False)])
def test_a_cancellation_is_given_or_refused(status, given_back):
    assert open_parcel.parse_cancellation(status) is given_back


@pytest.mark.parametrize("status", [401, 404, 302])
def test_any_other_answer_to_a_cancellation_decides_nothing(status):
    with pytest.raises(CarrierUnavailable):
        open_parcel.parse_cancellation(status)
