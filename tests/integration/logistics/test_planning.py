import pytest

from services.chassis.ids import new_id
from services.chassis.testkit import database_of, race
from services.logistics.usecases.assign_shipments import assign_waiting_shipments
from services.logistics.usecases.plan_dispatch import plan_dispatch
from tests.integration.logistics.stage import configure, confirmed, line, order, row_of, shown, stop

engine = database_of("logistics")


def test_a_confirmed_order_becomes_one_shipment_a_merchant(works, swift):
    one, other = new_id("mer"), new_id("mer")
    order_id = order(works, lines=[line(1, one), line(2, other), line(3, one), line(4, one, "virtual")])
    shipments = shown(works, order_id)
    assert [each["status"] for each in shipments] == ["pending", "pending"]
    assert {each["carrier"] for each in shipments} == {"swift"}
    assert all(each["waybill_no"] is None and each["scans"] == [] for each in shipments)


def test_virtual_goods_make_no_shipment(works, swift):
    event = confirmed(lines=[line(1, new_id("mer"), "virtual")], delivery_address=None)
    works.apply(event, plan_dispatch)
    assert shown(works, event.subject) == []


def test_physical_goods_without_an_address_are_a_fault_of_the_producer(works, swift):
    with pytest.raises(ValueError, match="no delivery address"):
        works.apply(confirmed(delivery_address=None), plan_dispatch)


def test_the_same_order_told_again_under_another_event_id_ships_once(works, swift):
    order_id, lines = new_id("ord"), [line(1, new_id("mer"))]
    for _ in range(3):
        order(works, order_id=order_id, lines=lines)
    assert len(shown(works, order_id)) == 1


def test_two_replicas_told_at_once_ship_once(works, swift):
    order_id, lines = new_id("ord"), [line(1, new_id("mer")), line(2, new_id("mer"))]
    events = [confirmed(order_id=order_id, lines=lines) for _ in range(6)]
    outcomes = race(*[lambda event=event: works.apply(event, plan_dispatch) for event in events])
    assert outcomes == [True] * 6
    assert len(shown(works, order_id)) == 2


def test_the_choice_of_the_carrier_is_stored_with_its_reasons(works, swift):
    configure(works, "cheap", swift.endpoint, first_fen=900)
    configure(works, "far", swift.endpoint, first_fen=1, coverage=["西藏"])
    row = row_of(works, order(works))
    assert row.carrier == "cheap"
    assert row.assignment == {"cheap": "chosen", "swift": "dearer_or_later", "far": "not_covering"}


def test_what_nobody_carries_waits_for_a_carrier(works, clock):
    order_id = order(works)
    assert row_of(works, order_id).carrier is None
    assign_waiting_shipments(works)
    configure(works, "late", "http://127.0.0.1:9")
    clock.advance(seconds=31)
    assign_waiting_shipments(works)
    assert row_of(works, order_id).carrier == "late"


def test_a_carrier_out_of_service_gives_up_what_it_has_not_begun(works, swift):
    order_id = order(works)
    configure(works, "swift", swift.endpoint, is_active=False)
    configure(works, "other", swift.endpoint)
    assign_waiting_shipments(works)
    assert row_of(works, order_id).carrier == "other"


def test_a_stop_that_comes_first_leaves_nothing_to_ship(works, swift):
    order_id = new_id("ord")
    assert stop(works, order_id) == {"order_id": order_id, "shipments": 0}
    order(works, order_id=order_id)
    assert shown(works, order_id) == []


def test_stop_and_confirmation_at_once_never_leave_a_parcel_of_a_stopped_order(works, swift):
    for _ in range(25):
        event = confirmed()
        outcomes = race(
            lambda event=event: works.apply(event, plan_dispatch), lambda event=event: stop(works, event.subject)
        )
        assert not [each for each in outcomes if isinstance(each, Exception)]
        left = [each["status"] for each in shown(works, event.subject)]
        assert left == ["cancelled"] * outcomes[1]["shipments"]
