"""Single pieces that are called off before a carrier has their parcel: it goes without them, or as it is."""

import threading

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, race
from services.logistics.contract import HANDED_OVER, PIECES_NOT_THERE, SHIPMENT_MOVED
from services.logistics.domain.answers_of_carriers import CarrierUnavailable
from services.logistics.storage.tables import shipment
from services.logistics.usecases.book_shipments import book_next_shipment
from services.logistics.usecases.check_invariants import check_invariants
from services.logistics.usecases.plan_dispatch import plan_dispatch
from tests.integration.logistics.stage import (
    book_all,
    call_back,
    confirmed,
    line,
    order,
    scan,
    settle_everything,
    stop,
    withhold,
)

engine = database_of("logistics")
TRIES = 100


@pytest.fixture(autouse=True)
def sound(works):
    yield
    with works.begin() as work:
        assert [one for one in check_invariants(work) if not one["ok"]] == []


def parcels(works, order_id):
    """(status, {number of the line: pieces}) of each generation."""
    with works.begin() as work:
        rows = work.execute(sa.select(shipment).where(shipment.c.order_id == order_id).order_by(shipment.c.generation))
        return [(row.status, {one["line_no"]: one["quantity"] for one in row.lines}) for row in rows]


def two_lines():
    merchant = new_id("mer")
    return [line(1, merchant), line(2, merchant)]


def test_what_no_carrier_was_asked_about_goes_with_fewer_pieces(works, swift):
    order_id = order(works, lines=two_lines())
    assert withhold(works, order_id, {1: 1}) == {"order_id": order_id, "shipments": 1}
    assert parcels(works, order_id) == [("pending", {1: 1, 2: 2})]
    withhold(works, order_id, {1: 1})
    book_all(works)
    assert parcels(works, order_id) == [("dispatched", {2: 2})]
    [booking] = swift.requests
    assert [item["quantity"] for item in booking["parcels"]] == [2]


def test_what_is_booked_is_given_back_and_booked_anew(works, swift, engine):
    order_id = order(works, lines=two_lines())
    book_all(works)
    withhold(works, order_id, {2: 2})
    book_all(works)
    assert parcels(works, order_id) == [("cancelled", {1: 2, 2: 2}), ("dispatched", {1: 2})]
    assert (swift.cancelled, sorted(swift.bookings.values())) == ({"LX1"}, ["LX1", "LX2"])
    assert [[item["quantity"] for item in booking["parcels"]] for booking in swift.requests] == [[2, 2], [2]]
    [told] = emitted(engine, SHIPMENT_MOVED)
    assert (told["data"]["status"], told["data"]["waybill_no"]) == ("cancelled", "LX1")


@pytest.mark.parametrize("booked", [True, False])
def test_a_parcel_without_anything_left_is_cancelled_and_never_sent_again(works, swift, clock, booked):
    order_id = order(works, lines=[line(1, new_id("mer")), line(2, new_id("mer"))])
    if booked:
        book_all(works)
    withhold(works, order_id, {1: 2})
    settle_everything(works, clock, rounds=2)
    assert sorted(parcels(works, order_id)) == [("cancelled", {1: 2}), ("dispatched", {2: 2})]
    with pytest.raises(Refused, match=PIECES_NOT_THERE):
        withhold(works, order_id, {1: 1})
    swift.picked_up |= set(swift.bookings.values()) - swift.cancelled
    with pytest.raises(Refused, match=HANDED_OVER):
        stop(works, order_id)
    settle_everything(works, clock, rounds=2)
    assert sorted(parcels(works, order_id)) == [("cancelled", {1: 2}), ("dispatched", {2: 2})]


def test_what_is_with_its_carrier_goes_as_it_is_and_other_parcels_are_not_asked(works, swift):
    order_id = order(works, lines=[line(1, new_id("mer")), line(2, new_id("mer"))])
    book_all(works)
    with works.begin() as work:
        rows = {row.lines[0]["line_no"]: row for row in work.execute(sa.select(shipment))}
    call_back(works, scan(rows[1].id, rows[1].waybill_no, "picked_up"))
    for _ in range(2):
        with pytest.raises(Refused, match=HANDED_OVER):
            withhold(works, order_id, {1: 1})
    withhold(works, order_id, {2: 1})
    assert sorted(parcels(works, order_id)) == [
        ("cancelled", {2: 2}),
        ("pending", {2: 1}),
        ("picked_up", {1: 2}),
    ]
    assert swift.cancelled == {rows[2].waybill_no}


def test_of_an_order_that_is_not_known_yet_the_rest_is_planned(works, swift):
    event = confirmed(lines=two_lines())
    assert withhold(works, event.subject, {1: 1, 2: 2})["shipments"] == 0
    works.apply(event, plan_dispatch)
    assert parcels(works, event.subject) == [("pending", {1: 1})]


def test_an_order_that_is_told_again_gets_nothing_that_was_withheld(works, swift):
    event = confirmed(lines=two_lines())
    works.apply(event, plan_dispatch)
    book_all(works)
    withhold(works, event.subject, {1: 2})
    with works.begin() as work:
        plan_dispatch(work, event)
    assert parcels(works, event.subject) == [("cancelled", {1: 2, 2: 2}), ("pending", {2: 2})]


def test_more_than_there_is_changes_nothing(works, swift):
    order_id = order(works, lines=two_lines())
    for pieces in ({1: 3}, {1: 1, 7: 1}):
        with pytest.raises(Refused, match=PIECES_NOT_THERE):
            withhold(works, order_id, pieces)
    assert parcels(works, order_id) == [("pending", {1: 2, 2: 2})]


def test_the_same_request_withholds_once(works, swift):
    order_id, request_id = order(works, lines=two_lines()), new_id("req")
    answers = race(*[lambda: withhold(works, order_id, {1: 1}, request_id)] * 3)
    assert answers == [{"order_id": order_id, "shipments": 1}] * 3
    assert parcels(works, order_id) == [("pending", {1: 1, 2: 2})]


def test_a_carrier_that_is_down_decides_nothing(works, swift):
    order_id, request_id = order(works, lines=two_lines()), new_id("req")
    book_all(works)
    swift.mood = "failing"
    with pytest.raises(CarrierUnavailable):
        withhold(works, order_id, {1: 1}, request_id)
    assert parcels(works, order_id) == [("dispatched", {1: 2, 2: 2})]
    swift.mood = "well"
    assert withhold(works, order_id, {1: 1}, request_id)["shipments"] == 1


def test_while_the_carrier_is_booking_the_old_booking_is_undone(works, swift, clock):
    order_id = order(works, lines=two_lines())
    at_carrier, go_on = threading.Event(), threading.Event()

    def wait(_):
        at_carrier.set()
        go_on.wait(0.3)

    swift.before_answer = wait
    booking = threading.Thread(target=book_next_shipment, args=(works,))
    booking.start()
    assert at_carrier.wait(5)
    withhold(works, order_id, {1: 1})
    go_on.set()
    booking.join(5)
    swift.before_answer = lambda _: None
    settle_everything(works, clock)
    assert parcels(works, order_id) == [("cancelled", {1: 2, 2: 2}), ("dispatched", {1: 1, 2: 2})]
    assert (swift.cancelled, len(swift.bookings)) == ({"LX1"}, 2)


def test_two_withholdings_and_a_booking_at_once_leave_the_rest_booked(works, swift, clock):
    for _ in range(TRIES // 4):
        order_id = order(works, lines=two_lines())
        _, *answers = race(
            lambda: book_all(works),
            lambda one=order_id: withhold(works, one, {1: 1}),
            lambda one=order_id: withhold(works, one, {1: 1, 2: 1}),
        )
        assert [answer["shipments"] for answer in answers] == [1, 1]
        [(_, living)] = [one for one in parcels(works, order_id) if one[0] != "cancelled"]
        assert living == {2: 1}
    settle_everything(works, clock, rounds=3)
    living = {reference: no for reference, no in swift.bookings.items() if no not in swift.cancelled}
    assert len(living) == TRIES // 4


def test_pieces_and_pick_up_at_once_never_both_succeed(works, swift):
    ends = set()
    for _ in range(TRIES):
        order_id = order(works, lines=two_lines())
        book_all(works)
        with works.begin() as work:
            row = work.execute(sa.select(shipment).where(shipment.c.order_id == order_id)).one()

        def pick_up(row=row):
            with swift._lock:
                if row.waybill_no in swift.cancelled:
                    return "given back"
                swift.picked_up.add(row.waybill_no)
            return call_back(works, scan(row.id, row.waybill_no, "picked_up"))

        picked, withheld = race(pick_up, lambda one=order_id: withhold(works, one, {1: 1}))
        if picked == "given back":
            assert withheld["shipments"] == 1
            assert parcels(works, order_id) == [("cancelled", {1: 2, 2: 2}), ("pending", {1: 1, 2: 2})]
            book_all(works)
        else:
            assert withheld.code == HANDED_OVER
            assert parcels(works, order_id) == [("picked_up", {1: 2, 2: 2})]
        ends.add(picked)
    assert ends <= {"given back", "applied"}


def test_pieces_and_a_stop_of_the_whole_order_at_once_ship_nothing(works, swift, clock):
    for _ in range(TRIES // 4):
        order_id = order(works, lines=two_lines())
        book_all(works)
        race(lambda one=order_id: stop(works, one), lambda one=order_id: withhold(works, one, {1: 1}))
        settle_everything(works, clock, rounds=1)
        assert {status for status, _ in parcels(works, order_id)} == {"cancelled"}
    assert swift.cancelled == set(swift.bookings.values())
