"""Cash at the door: the carrier is told how much to collect, and what it says it has collected is passed on."""

import pytest

from services.chassis.ids import new_id
from services.chassis.testkit import database_of, emitted
from services.logistics.contract import SHIPMENT_DELIVERED
from tests.integration.logistics.stage import book_all, call_back, line, order, row_of, scan, settle_everything, stop

engine = database_of("logistics")


@pytest.fixture
def paid_at_the_door(works, swift):
    """(order id, shipment id) of a dispatched shipment, waybill LX1, with 99 yuan to collect."""
    merchant = new_id("mer")
    lines = [line(1, merchant) | {"cash_fen": 9000}, line(2, merchant) | {"cash_fen": 900}]
    order_id = order(works, lines=lines, cash_fen=9900, is_paid_on_delivery=True)
    book_all(works)
    return order_id, row_of(works, order_id).id


def told(engine):
    return [event["data"]["collected_fen"] for event in emitted(engine, SHIPMENT_DELIVERED)]


def test_the_carrier_is_told_what_to_collect(paid_at_the_door, swift):
    assert swift.requests[-1]["cash_on_delivery_fen"] == 9900


def test_of_an_order_that_is_paid_already_there_is_nothing_to_collect(works, swift):
    order(works, lines=[line(1, new_id("mer")) | {"cash_fen": 9000}], cash_fen=9000)
    book_all(works)
    assert "cash_on_delivery_fen" not in swift.requests[-1]


def test_what_was_collected_is_told_with_the_delivery_and_again_when_the_carrier_corrects_it(
    works, paid_at_the_door, engine
):
    _, shipment_id = paid_at_the_door
    call_back(works, scan(shipment_id, "LX1", "delivered", 1, collected_fen=9000))
    call_back(works, scan(shipment_id, "LX1", "delivered", 2, collected_fen=9000))
    assert told(engine) == [9000]
    assert call_back(works, scan(shipment_id, "LX1", "delivered", 3, collected_fen=9900)) == "applied"
    assert told(engine) == [9000, 9900]
    sequences = [event["sequence"] for event in emitted(engine, SHIPMENT_DELIVERED)]
    assert sequences == sorted(set(sequences))


def test_a_correction_that_is_older_than_what_is_known_changes_nothing(works, paid_at_the_door, engine):
    _, shipment_id = paid_at_the_door
    call_back(works, scan(shipment_id, "LX1", "delivered", 5, collected_fen=9900))
    assert call_back(works, scan(shipment_id, "LX1", "delivered", 4, collected_fen=0)) == "ignored"
    assert told(engine) == [9900]


def test_what_was_parked_before_the_waybill_was_known_keeps_what_was_collected(works, swift, engine):
    lines = [line(1, new_id("mer")) | {"cash_fen": 500}]
    order_id = order(works, lines=lines, cash_fen=500, is_paid_on_delivery=True)
    shipment_id = row_of(works, order_id).id
    callback = scan(shipment_id, "LX1", "delivered", collected_fen=500)
    swift.before_answer = lambda waybill_no: call_back(works, callback)
    book_all(works)
    assert told(engine) == [500]


def test_a_parcel_that_is_sent_again_still_has_its_cash_to_collect(works, swift, clock):
    one, other = (line(n, new_id("mer")) | {"cash_fen": 700} for n in (1, 2))
    order_id = order(works, lines=[one, other], cash_fen=1400, is_paid_on_delivery=True)
    book_all(works)
    swift.picked_up.add("LX2")
    with pytest.raises(Exception, match="picked up"):
        stop(works, order_id)
    settle_everything(works, clock)
    assert len(swift.requests) == 3
    assert [booked["cash_on_delivery_fen"] for booked in swift.requests] == [700] * 3
