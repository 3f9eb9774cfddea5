from datetime import timedelta
from functools import partial
from itertools import permutations

import pytest

from services.chassis.refusal import INVALID_REQUEST, Refused
from services.chassis.testkit import database_of, emitted, race
from services.logistics.contract import SHIPMENT_DELIVERED, SHIPMENT_MOVED
from services.logistics.usecases.record_carrier_callback import record_carrier_callback
from tests.integration.logistics.stage import (
    FOREIGN_SECRET,
    NOON,
    OLD_SECRET,
    book_all,
    call_back,
    configure,
    order,
    row_of,
    scan,
    shown,
    signed,
    stop,
)

engine = database_of("logistics")
STORY = ("picked_up", "in_transit", "out_for_delivery", "delivered")


@pytest.fixture
def parcel(works, swift):
    """(order id, shipment id) of a dispatched shipment with the waybill LX1."""
    order_id = order(works)
    book_all(works)
    return order_id, row_of(works, order_id).id


def refusal_of(works, request) -> str:
    with pytest.raises(Refused) as refused:
        record_carrier_callback(works, request)
    return refused.value.code


def test_the_whole_journey_told_in_order(works, parcel, engine):
    order_id, shipment_id = parcel
    outcomes = [call_back(works, scan(shipment_id, "LX1", status, n)) for n, status in enumerate(STORY)]
    assert outcomes == ["applied"] * 4
    assert shown(works, order_id)[0]["status"] == "delivered"
    assert [each["status"] for each in shown(works, order_id)[0]["scans"]] == list(STORY)
    assert [event["data"]["status"] for event in emitted(engine, SHIPMENT_MOVED)] == list(STORY[:3])
    (delivered,) = emitted(engine, SHIPMENT_DELIVERED)
    assert (delivered["data"]["signed_by"], delivered["data"]["location"]) == ("王小明", "深圳")
    assert delivered["data"]["occurred_at"] == "2026-11-21T04:03:00.000Z"


def test_five_times_the_same_has_one_effect(works, parcel, engine):
    callback = scan(parcel[1], "LX1", "picked_up")
    assert [call_back(works, callback) for _ in range(5)] == ["applied", *["duplicate"] * 4]
    assert len(emitted(engine, SHIPMENT_MOVED)) == 1


def test_five_at_once_have_one_effect(works, parcel, engine):
    callback = scan(parcel[1], "LX1", "picked_up")
    outcomes = race(*[lambda: call_back(works, callback) for _ in range(5)])
    assert sorted(outcomes) == ["applied", *["duplicate"] * 4]
    assert len(emitted(engine, SHIPMENT_MOVED)) == 1


def test_the_same_fact_under_another_message_id_is_a_duplicate(works, parcel):
    callback = scan(parcel[1], "LX1", "picked_up")
    assert call_back(works, callback) == "applied"
    request = signed({**callback, "event_id": "other-message"})
    other = signed(request["body"].replace("other-message", callback["event_id"]))
    assert record_carrier_callback(works, other)["outcome"] == "duplicate"


def test_a_message_id_is_remembered_longer_than_thirty_days(works, parcel, clock):
    call_back(works, scan(parcel[1], "LX1", "picked_up"))
    clock.advance(days=40)
    assert call_back(works, scan(parcel[1], "LX1", "picked_up"), sent_at=clock.now()) == "duplicate"


@pytest.mark.parametrize("arrival", permutations(range(4)))
def test_any_order_of_arrival_ends_the_same_and_tells_only_of_progress(works, parcel, engine, arrival):
    for place in arrival:
        call_back(works, scan(parcel[1], "LX1", STORY[place], place))
    assert shown(works, parcel[0])[0]["status"] == "delivered"
    told = [event["data"]["status"] for event in emitted(engine)[1:]]
    assert told == sorted(told, key=STORY.index)
    assert told[-1] == "delivered"
    assert len(emitted(engine, SHIPMENT_DELIVERED)) == 1


def test_a_late_scan_is_kept_and_changes_nothing(works, parcel, engine):
    call_back(works, scan(parcel[1], "LX1", "delivered", 9))
    assert call_back(works, scan(parcel[1], "LX1", "in_transit", 5)) == "ignored"
    assert [each["status"] for each in shown(works, parcel[0])[0]["scans"]] == ["in_transit", "delivered"]
    assert emitted(engine, SHIPMENT_MOVED) == []


def test_another_hub_is_kept_and_is_no_progress(works, parcel, engine):
    call_back(works, scan(parcel[1], "LX1", "in_transit", 1, location="广州"))
    assert call_back(works, scan(parcel[1], "LX1", "in_transit", 2, location="东莞")) == "applied"
    assert len(emitted(engine, SHIPMENT_MOVED)) == 1


@pytest.mark.parametrize("exception", ["delivery_failed", "returned", "lost", "damaged"])
def test_what_goes_wrong_is_told(works, parcel, engine, exception):
    call_back(works, scan(parcel[1], "LX1", "in_transit", 1))
    assert call_back(works, scan(parcel[1], "LX1", exception, 2)) == "applied"
    assert emitted(engine, SHIPMENT_MOVED)[-1]["data"]["status"] == exception


def test_a_forged_signature_changes_nothing(works, parcel):
    callback = scan(parcel[1], "LX1", "delivered")
    assert refusal_of(works, signed(callback, secret=FOREIGN_SECRET)) == "callback.signature_invalid"
    assert shown(works, parcel[0])[0]["scans"] == []


@pytest.mark.parametrize("header", ["webhook_signature", "webhook_id", "webhook_timestamp"])
def test_a_changed_header_is_not_genuine(works, parcel, header):
    request = signed(scan(parcel[1], "LX1", "delivered"))
    altered = {**request, header: request[header][:-3] + "000"}
    assert refusal_of(works, altered) == "callback.signature_invalid"


def test_an_altered_byte_is_not_genuine(works, parcel):
    request = signed(scan(parcel[1], "LX1", "in_transit"))
    altered = {**request, "body": request["body"].replace("in_transit", "picked_up ")}
    assert refusal_of(works, altered) == "callback.signature_invalid"


def test_the_same_json_written_anew_is_not_genuine(works, parcel):
    request = signed(scan(parcel[1], "LX1", "in_transit"))
    assert refusal_of(works, {**request, "body": request["body"].replace(":", ": ", 1)}) == "callback.signature_invalid"


@pytest.mark.parametrize(("late_s", "code"), [(301, "callback.too_old"), (-301, "callback.too_old")])
def test_a_timestamp_out_of_the_window(works, parcel, late_s, code):
    request = signed(scan(parcel[1], "LX1", "delivered"), sent_at=NOON - timedelta(seconds=late_s))
    assert refusal_of(works, request) == code


def test_the_old_secret_counts_during_a_rotation(works, parcel):
    assert call_back(works, scan(parcel[1], "LX1", "picked_up"), secret=OLD_SECRET) == "applied"


@pytest.mark.parametrize("header", ["webhook_signature", "webhook_id", "webhook_timestamp", "body", "carrier"])
def test_a_missing_part_is_refused_by_name(header):
    with pytest.raises(Refused) as refused:
        signed(scan("shp", "LX1", "delivered"), **{header: ""})
    assert refused.value.code == INVALID_REQUEST
    assert list(refused.value.details["fields"]) == [header]


def test_an_unknown_carrier(works, parcel):
    assert refusal_of(works, signed(scan(parcel[1], "LX1", "delivered"), code="nobody")) == "carrier.unknown"


def test_a_carrier_cannot_speak_of_anothers_parcels(works, parcel, swift):
    configure(works, "other", swift.endpoint, secret_name="other_secret")
    callback = scan(parcel[1], "LX1", "delivered")
    assert refusal_of(works, signed(callback, code="other")) == "callback.signature_invalid"
    assert call_back(works, callback, code="other", secret=FOREIGN_SECRET) == "parked"
    assert shown(works, parcel[0])[0]["scans"] == []


@pytest.mark.parametrize("body", ["no json", "{}", '{"event_id": 5}'])
def test_a_genuine_message_that_is_malformed(works, parcel, body):
    assert refusal_of(works, signed(body)) == "callback.malformed"


def test_a_waybill_told_of_under_another_reference(works, parcel):
    assert refusal_of(works, signed(scan("shp_else", "LX1", "delivered"))) == "callback.malformed"


def test_an_unknown_waybill_is_parked_once(works, swift):
    callback = scan("shp_else", "ZZ1", "picked_up")
    assert [call_back(works, callback) for _ in range(3)] == ["parked", "duplicate", "duplicate"]


def test_booking_and_callback_at_once_never_leave_a_callback_parked(works, swift):
    for number in range(1, 26):
        order_id = order(works)
        shipment_id, waybill_no = row_of(works, order_id).id, f"LX{number}"
        first, second = scan(shipment_id, waybill_no, "picked_up"), scan(shipment_id, waybill_no, "in_transit", 1)
        race(partial(book_all, works), partial(call_back, works, first), partial(call_back, works, second))
        assert shown(works, order_id)[0]["status"] == "in_transit"


def test_a_scan_of_a_cancelled_parcel_is_kept_and_ignored(works, parcel, engine):
    stop(works, parcel[0])
    assert call_back(works, scan(parcel[1], "LX1", "picked_up")) == "ignored"
    assert shown(works, parcel[0])[0]["status"] == "cancelled"
    assert emitted(engine, SHIPMENT_MOVED) == []


def test_a_carrier_out_of_service_is_still_heard(works, parcel, swift):
    configure(works, "swift", swift.endpoint, is_active=False)
    assert call_back(works, scan(parcel[1], "LX1", "picked_up")) == "applied"
