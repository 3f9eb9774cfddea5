import pytest

from services.chassis.testkit import database_of, emitted, race
from services.logistics.contract import SHIPMENT_DISPATCHED, SHIPMENT_MOVED
from services.logistics.usecases import book_shipments
from services.logistics.usecases.book_shipments import book_next_shipment, probe_failing_carrier
from tests.integration.logistics.parcel_carrier import ParcelCarrier
from tests.integration.logistics.stage import (
    FOREIGN_SECRET,
    SECRET,
    book_all,
    call_back,
    configure,
    order,
    row_of,
    scan,
    settle_everything,
    shown,
)

engine = database_of("logistics")


@pytest.fixture
def second(works):
    """Another carrier, dearer than the first."""
    carrier = ParcelCarrier(SECRET)
    carrier.prefix = "SE"
    configure(works, "second", carrier.endpoint, first_fen=2000)
    yield carrier
    carrier.close()


def test_a_shipment_is_booked_and_told_of(works, swift, engine):
    order_id = order(works)
    book_all(works)
    (shipment,) = shown(works, order_id)
    assert (shipment["status"], shipment["waybill_no"]) == ("dispatched", "LX1")
    assert shipment["estimated_delivery_on"] == "2026-11-24"
    (event,) = emitted(engine)
    assert (event["type"], event["subject"]) == ("shipment.dispatched.v1", shipment["shipment_id"])
    assert event["data"]["line_nos"] == [1]
    assert (event["data"]["waybill_no"], event["data"]["carrier_name_en"]) == ("LX1", "swift Express")


def test_the_carrier_gets_what_it_needs(works, swift):
    order_id = order(works)
    book_all(works)
    (request,) = swift.requests
    assert request["reference"] == row_of(works, order_id).id
    assert request["callback_url"] == "http://mall.test/callbacks/carriers/swift"
    assert request["recipient"]["address"] == "科技园 1 号"
    assert request["sender"]["city"] == "广州市"
    assert request["parcels"] == [{"description": "保温杯", "quantity": 2, "weight_g": 1000}]


def test_no_shipment_is_booked_twice_by_many_replicas(works, swift, engine):
    orders = [order(works) for _ in range(12)]
    race(*[lambda: book_all(works) for _ in range(6)])
    assert {shown(works, order_id)[0]["status"] for order_id in orders} == {"dispatched"}
    assert len(emitted(engine, SHIPMENT_DISPATCHED)) == len(swift.requests) == 12


def test_an_error_of_the_carrier_is_tried_again_later_and_gives_one_waybill(works, swift, clock, engine):
    swift.mood = "failing"
    order_id = order(works)
    book_all(works)
    assert (row_of(works, order_id).attempts, row_of(works, order_id).status) == (1, "pending")
    assert not probe_failing_carrier(works)
    swift.mood = "well"
    clock.advance(seconds=6)
    assert probe_failing_carrier(works)
    assert shown(works, order_id)[0]["waybill_no"] == "LX1"
    assert len(emitted(engine)) == 1


def test_a_carrier_that_hangs_has_booked_and_answers_the_same_waybill_later(works, swift, clock, engine):
    swift.mood = "hanging"
    order_id = order(works)
    book_all(works)
    assert row_of(works, order_id).status == "pending"
    assert row_of(works, order_id).may_be_booked
    swift.mood = "well"
    settle_everything(works, clock)
    assert shown(works, order_id)[0]["waybill_no"] == "LX1"
    assert swift.bookings == {row_of(works, order_id).id: "LX1"}
    assert len(emitted(engine)) == 1


def test_a_crash_between_the_answer_and_the_commit_finds_the_same_waybill(works, swift, clock, monkeypatch, engine):
    order_id = order(works)
    with monkeypatch.context() as patch:
        patch.setattr(book_shipments, "settle_booking", _crash)
        with pytest.raises(KeyboardInterrupt):
            book_next_shipment(works)
    assert not book_next_shipment(works)
    settle_everything(works, clock)
    assert shown(works, order_id)[0]["waybill_no"] == "LX1"
    assert len(swift.requests) == 2
    assert len(emitted(engine)) == 1


def _crash(*_):
    raise KeyboardInterrupt


def test_a_carrier_that_is_down_delays_only_its_own(works, swift, second):
    swift.mood = "hanging"
    configure(works, "swift", swift.endpoint, coverage=["广东"])
    mine = [order(works) for _ in range(5)]
    configure(works, "swift", swift.endpoint, coverage=["西藏"])
    others = [order(works) for _ in range(5)]
    book_all(works)
    assert {shown(works, order_id)[0]["status"] for order_id in others} == {"dispatched"}
    assert {shown(works, order_id)[0]["status"] for order_id in mine} == {"pending"}
    assert sum(row_of(works, order_id).attempts for order_id in mine) == 1


def test_one_replica_at_a_time_probes_a_failing_carrier(works, swift, clock):
    swift.mood = "failing"
    for _ in range(4):
        order(works)
    book_all(works)
    clock.advance(seconds=6)
    while_one_is_at_the_carrier = []
    swift.mood = "well"
    swift.before_answer = lambda _: while_one_is_at_the_carrier.append(probe_failing_carrier(works))
    assert probe_failing_carrier(works)
    assert while_one_is_at_the_carrier == [False]


def test_a_carrier_that_recovers_gets_all_its_shipments_at_once(works, swift, clock):
    swift.mood = "failing"
    orders = [order(works) for _ in range(4)]
    book_all(works)
    swift.mood = "well"
    clock.advance(seconds=6)
    assert probe_failing_carrier(works)
    book_all(works)
    assert {shown(works, order_id)[0]["status"] for order_id in orders} == {"dispatched"}


def test_what_surely_was_not_booked_goes_to_another_carrier(works, second, clock):
    configure(works, "gone", "http://127.0.0.1:9", first_fen=1)
    orders = [order(works) for _ in range(3)]
    settle_everything(works, clock)
    assert {shown(works, order_id)[0]["carrier"] for order_id in orders} == {"second"}
    assert row_of(works, orders[0]).tried_carriers == ["gone"]


def test_what_may_be_booked_stays_with_its_carrier(works, swift, second, clock):
    swift.mood = "failing"
    doubtful, untouched = order(works), order(works)
    settle_everything(works, clock, rounds=3)
    assert shown(works, untouched)[0]["carrier"] == "second"
    assert (shown(works, doubtful)[0]["carrier"], shown(works, doubtful)[0]["status"]) == ("swift", "pending")
    swift.mood = "well"
    clock.advance(seconds=1200)
    settle_everything(works, clock)
    assert shown(works, doubtful)[0]["waybill_no"] == "LX1"
    assert list(second.bookings) == [row_of(works, untouched).id]


def test_a_parcel_the_carrier_refuses_goes_to_another_after_some_attempts(works, swift, second, clock):
    swift.mood = "refusing"
    order_id = order(works)
    settle_everything(works, clock)
    row = row_of(works, order_id)
    assert (row.carrier, row.status, row.tried_carriers) == ("second", "dispatched", ["swift"])


def test_a_secret_that_does_not_fit_books_nothing(works, swift):
    swift.secret = FOREIGN_SECRET
    order_id = order(works)
    book_all(works)
    assert row_of(works, order_id).status == "pending"
    assert "401" in row_of(works, order_id).last_problem


def test_a_waybill_given_out_twice_is_not_taken(works, swift, clock):
    first, other = order(works), order(works)
    swift.bookings = {row_of(works, each).id: "LX9" for each in (first, other)}
    swift._facts = lambda waybill_no: {"waybill_no": "LX9", "reference": swift.requests[-1]["reference"]}
    settle_everything(works, clock, rounds=2)
    assert sorted([row_of(works, first).status, row_of(works, other).status]) == ["dispatched", "pending"]


def test_callbacks_that_come_before_our_commit_are_applied_with_it(works, swift, engine):
    order_id = order(works)
    reference, outcomes = row_of(works, order_id).id, []

    def hurry(waybill_no):
        for minute, status in enumerate(("picked_up", "in_transit")):
            outcomes.append(call_back(works, scan(reference, waybill_no, status, minute)))

    swift.before_answer = hurry
    book_all(works)
    assert outcomes == ["parked", "parked"]
    (shipment,) = shown(works, order_id)
    assert (shipment["status"], [each["status"] for each in shipment["scans"]]) == (
        "in_transit",
        ["picked_up", "in_transit"],
    )
    assert [event["type"] for event in emitted(engine)] == [
        "shipment.dispatched.v1", "shipment.moved.v1", "shipment.moved.v1",
    ]  # fmt: skip
    assert [event["data"]["status"] for event in emitted(engine, SHIPMENT_MOVED)] == ["picked_up", "in_transit"]
    assert [event["sequence"] for event in emitted(engine)] == [2, 3, 4]
    assert call_back(works, scan(reference, "LX1", "picked_up", 0)) == "duplicate"
