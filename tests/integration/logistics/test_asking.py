from functools import partial

from services.chassis.testkit import database_of, emitted, race
from services.logistics.contract import SHIPMENT_DELIVERED, SHIPMENT_MOVED
from services.logistics.usecases.ask_silent_carriers import ask_silent_carriers
from tests.integration.logistics.parcel_carrier import ParcelCarrier
from tests.integration.logistics.stage import SECRET, book_all, call_back, configure, order, row_of, scan, shown

engine = database_of("logistics")


def dispatched(works):
    order_id = order(works)
    book_all(works)
    return order_id, row_of(works, order_id).id


def test_a_silent_carrier_is_asked_and_its_story_applied(works, swift, clock, engine):
    order_id, shipment_id = dispatched(works)
    story = [scan(shipment_id, "LX1", "delivered", 9), scan(shipment_id, "LX1", "picked_up", 1)]
    swift.scans["LX1"] = story
    clock.advance(hours=2, seconds=1)
    assert ask_silent_carriers(works) == 1
    assert [each["status"] for each in shown(works, order_id)[0]["scans"]] == ["picked_up", "delivered"]
    assert [event["data"]["status"] for event in emitted(engine)[1:]] == ["picked_up", "delivered"]


def test_what_was_asked_and_then_called_back_counts_once(works, swift, clock, engine):
    _, shipment_id = dispatched(works)
    swift.scans["LX1"] = [scan(shipment_id, "LX1", "delivered", 9)]
    clock.advance(hours=3)
    ask_silent_carriers(works)
    assert call_back(works, swift.scans["LX1"][0], sent_at=clock.now()) == "duplicate"
    assert len(emitted(engine, SHIPMENT_DELIVERED)) == 1


def test_who_has_spoken_is_not_asked(works, swift, clock):
    _, shipment_id = dispatched(works)
    clock.advance(hours=1.5)
    call_back(works, scan(shipment_id, "LX1", "picked_up"), sent_at=clock.now())
    clock.advance(hours=1.5)
    assert ask_silent_carriers(works) == 0


def test_nobody_is_asked_again_at_once_nor_about_what_has_ended(works, swift, clock):
    order_id, shipment_id = dispatched(works)
    clock.advance(hours=3)
    assert [ask_silent_carriers(works), ask_silent_carriers(works)] == [1, 0]
    swift.scans["LX1"] = [scan(shipment_id, "LX1", "delivered")]
    clock.advance(hours=3)
    assert ask_silent_carriers(works) == 1
    clock.advance(hours=3)
    assert ask_silent_carriers(works) == 0
    assert shown(works, order_id)[0]["status"] == "delivered"


def test_a_carrier_that_does_not_answer_holds_up_only_its_own(works, swift, clock):
    other = ParcelCarrier(SECRET)
    try:
        dispatched(works), dispatched(works)
        configure(works, "other", other.endpoint, first_fen=1)
        order_id, shipment_id = dispatched(works)
        other.scans["LX1"] = [scan(shipment_id, "LX1", "picked_up")]
        swift.mood = "failing"
        clock.advance(hours=3)
        assert ask_silent_carriers(works) == 2
        assert shown(works, order_id)[0]["status"] == "picked_up"
    finally:
        other.close()


def test_a_parcel_that_the_carrier_gave_up_is_told_of(works, swift, clock, engine):
    order_id, _ = dispatched(works)
    swift.cancelled.add("LX1")
    clock.advance(hours=3)
    ask_silent_carriers(works)
    assert shown(works, order_id)[0]["status"] == "cancelled"
    assert [event["data"]["status"] for event in emitted(engine, SHIPMENT_MOVED)] == ["cancelled"]


def test_asking_and_calling_back_at_once_fold_into_one_story(works, swift, clock, engine):
    for number in range(1, 16):
        order_id, shipment_id = dispatched(works)
        asked = [scan(shipment_id, f"LX{number}", status, n) for n, status in enumerate(("picked_up", "in_transit"))]
        swift.scans[f"LX{number}"] = asked
        clock.advance(hours=3)
        called = scan(shipment_id, f"LX{number}", "delivered", 9)
        outcomes = race(
            partial(ask_silent_carriers, works), *[partial(call_back, works, called, sent_at=clock.now())] * 2
        )
        assert sorted(map(str, outcomes[1:])) == ["applied", "duplicate"]
        assert not isinstance(outcomes[0], Exception)
        assert shown(works, order_id)[0]["status"] == "delivered"
    assert len(emitted(engine, SHIPMENT_DELIVERED)) == 15
