import threading

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED, Refused
from services.chassis.testkit import database_of, emitted, race
from services.logistics.contract import HANDED_OVER
from services.logistics.domain.answers_of_carriers import CarrierUnavailable
from services.logistics.usecases.book_shipments import book_next_shipment
from tests.integration.logistics.stage import (
    book_all,
    call_back,
    line,
    order,
    row_of,
    scan,
    settle_everything,
    shown,
    stop,
)

engine = database_of("logistics")


def statuses(works, order_id):
    return [shipment["status"] for shipment in shown(works, order_id)]


def test_what_is_not_booked_is_stopped_at_once(works, swift):
    order_id = order(works)
    assert stop(works, order_id) == {"order_id": order_id, "shipments": 1}
    book_all(works)
    assert (statuses(works, order_id), swift.requests) == (["cancelled"], [])


def test_what_is_booked_is_given_back_by_its_carrier(works, swift):
    order_id = order(works)
    book_all(works)
    assert stop(works, order_id)["shipments"] == 1
    assert (statuses(works, order_id), swift.cancelled) == (["cancelled"], {"LX1"})


def test_what_is_picked_up_goes_on(works, swift):
    order_id = order(works)
    book_all(works)
    call_back(works, scan(row_of(works, order_id).id, "LX1", "picked_up"))
    with pytest.raises(Refused, match=HANDED_OVER):
        stop(works, order_id)
    assert (statuses(works, order_id), swift.cancelled) == (["picked_up"], set())


def test_the_carriers_no_counts_before_its_callback_has_come(works, swift):
    order_id = order(works)
    book_all(works)
    swift.picked_up.add("LX1")
    for _ in range(2):
        with pytest.raises(Refused, match=HANDED_OVER):
            stop(works, order_id)
    assert call_back(works, scan(row_of(works, order_id).id, "LX1", "picked_up")) == "applied"


def test_the_same_request_gets_the_same_answer(works, swift):
    order_id, request_id = order(works), new_id("req")
    book_all(works)
    assert [stop(works, order_id, request_id)["shipments"] for _ in range(3)] == [1, 1, 1]
    with pytest.raises(Refused, match=KEY_REUSED):
        stop(works, order(works), request_id)


def test_a_carrier_that_is_down_decides_nothing_and_can_be_asked_again(works, swift):
    order_id, request_id = order(works), new_id("req")
    book_all(works)
    swift.mood = "failing"
    with pytest.raises(CarrierUnavailable):
        stop(works, order_id, request_id)
    assert statuses(works, order_id) == ["dispatched"]
    swift.mood = "well"
    assert stop(works, order_id, request_id)["shipments"] == 1


def test_two_merchants_of_which_one_has_handed_over_all_parcels_go_on(works, swift, clock):
    order_id = order(works, lines=[line(1, new_id("mer")), line(2, new_id("mer"))])
    book_all(works)
    swift.picked_up.add("LX2")
    first = next(each for each in shown(works, order_id) if each["waybill_no"] == "LX1")
    with pytest.raises(Refused, match=HANDED_OVER):
        stop(works, order_id)
    settle_everything(works, clock, rounds=2)
    living = [each for each in shown(works, order_id) if each["status"] != "cancelled"]
    assert [each["status"] for each in living] == ["dispatched", "dispatched"]
    assert swift.cancelled <= {"LX1"}
    assert ("LX1" in swift.cancelled) == (first["shipment_id"] not in {each["shipment_id"] for each in living})


def test_a_stop_while_the_carrier_is_booking_undoes_the_booking(works, swift, clock, engine):
    order_id = order(works)
    at_carrier, go_on = threading.Event(), threading.Event()

    def wait(_):
        at_carrier.set()
        go_on.wait(0.3)

    swift.before_answer = wait
    booking = threading.Thread(target=book_next_shipment, args=(works,))
    booking.start()
    assert at_carrier.wait(5)
    assert stop(works, order_id)["shipments"] == 1
    go_on.set()
    booking.join(5)
    settle_everything(works, clock)
    assert (statuses(works, order_id), swift.cancelled) == (["cancelled"], {"LX1"})
    assert emitted(engine) == []


def test_a_stop_after_an_attempt_without_an_answer_finds_the_booking_and_undoes_it(works, swift, clock):
    swift.mood = "hanging"
    order_id = order(works)
    book_all(works)
    assert stop(works, order_id)["shipments"] == 1
    swift.mood = "well"
    settle_everything(works, clock)
    row = row_of(works, order_id)
    assert (row.status, row.waybill_no, row.undo_due_at, swift.cancelled) == ("cancelled", "LX1", None, {"LX1"})


def test_a_carrier_that_keeps_declining_never_booked_what_was_stopped(works, swift, clock):
    swift.mood = "failing"
    order_id = order(works)
    book_all(works)
    stop(works, order_id)
    swift.mood = "refusing"
    settle_everything(works, clock, rounds=2)
    assert row_of(works, order_id).undo_due_at is not None
    settle_everything(works, clock, rounds=2)
    assert (row_of(works, order_id).undo_due_at, row_of(works, order_id).undo_refused_at) == (None, None)


def test_a_stopped_parcel_that_the_carrier_took_all_the_same_is_on_record(works, swift, clock):
    swift.mood = "hanging"
    order_id = order(works)
    book_all(works)
    stop(works, order_id)
    swift.mood = "well"
    swift.picked_up.add("LX1")
    settle_everything(works, clock)
    assert row_of(works, order_id).undo_refused_at is not None


def test_stop_and_booking_at_once_end_lawfully_every_time(works, swift, clock):
    for _ in range(30):
        order_id = order(works)
        _, _, stopped = race(lambda: book_all(works), lambda: book_all(works), lambda one=order_id: stop(works, one))
        assert stopped == {"order_id": order_id, "shipments": 1}
        assert statuses(works, order_id) == ["cancelled"]
    settle_everything(works, clock, rounds=3)
    assert swift.cancelled == set(swift.bookings.values())


def test_stop_and_pick_up_at_once_never_both_succeed(works, swift):
    for number in range(1, 26):
        order_id = order(works)
        book_all(works)
        waybill_no, shipment_id = f"LX{number}", row_of(works, order_id).id

        def pick_up(waybill_no=waybill_no, shipment_id=shipment_id):
            with swift._lock:
                if waybill_no in swift.cancelled:
                    return "given back"
                swift.picked_up.add(waybill_no)
            return call_back(works, scan(shipment_id, waybill_no, "picked_up"))

        picked, stopped = race(pick_up, lambda one=order_id: stop(works, one))
        if picked == "given back":
            assert (statuses(works, order_id), stopped["shipments"]) == (["cancelled"], 1)
        else:
            assert (statuses(works, order_id), stopped.code) == (["picked_up"], HANDED_OVER)
