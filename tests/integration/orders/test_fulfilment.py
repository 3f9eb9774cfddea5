"""Parcels, codes and completion, as events bring them: in any order, twice, late."""

import itertools
from datetime import timedelta

import pytest

from services.catalog import contract as catalog
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, race
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.usecases.look_up_orders import check_order, get_order, get_timeline
from services.points import contract as points
from tests.integration.orders.goods import PHONE, RICE, TOP_UP
from tests.integration.orders.kit import NOON, Shop, parcel_data

engine = database_of("orders")
DISPATCHED, MOVED, DELIVERED = (
    logistics.SHIPMENT_DISPATCHED,
    logistics.SHIPMENT_MOVED,
    logistics.SHIPMENT_DELIVERED,
)


@pytest.fixture
def shop(engine):
    return Shop(engine)


def dispatched(shop, order, shipment, line_nos):
    return shop.hear(DISPATCHED, order, **parcel_data(shipment, "dispatched", line_nos), estimated_delivery_on=None)


def moved(shop, order, shipment, line_nos, status="in_transit", hours=1):
    at = NOON + timedelta(hours=hours)
    return shop.hear(MOVED, order, **parcel_data(shipment, status, line_nos, at))


def delivered(shop, order, shipment, line_nos, hours=9):
    at = NOON + timedelta(hours=hours)
    return shop.hear(DELIVERED, order, **parcel_data(shipment, "delivered", line_nos, at), signed_by="王芳")


def codes(order, *texts):
    return {"codes": [{"sku_id": TOP_UP, "code": text, "valid_until": "2027-03-02"} for text in texts]}


def completed_events(shop, order):
    return emitted(shop.engine, contract.ORDER_COMPLETED, order["order_id"])


def test_facts_of_a_parcel_in_every_order_end_alike(shop):
    tellers = (dispatched, moved, delivered)
    for permutation in itertools.permutations(tellers):
        order = shop.place((RICE, 1))
        for tell in permutation + permutation[:1]:
            tell(shop, order, order["order_id"], [1])
        assert shop.status_of(order)[::2] == ("confirmed", "delivered")
        [parcel] = get(shop, order)["parcels"]
        assert (parcel.status, parcel.carrier_name_zh) == ("delivered", "顺丰")
        assert shop.row_of(order).delivered_at == NOON + timedelta(hours=9)
    assert shop.broken_invariants() == []


def get(shop, order):
    return shop.works.run(get_order, shop.of(order))


def test_same_event_twice_is_one_entry(shop):
    order = shop.place((RICE, 1))
    moved(shop, order, "twice", [1])
    moved(shop, order, "twice", [1])
    timeline = shop.works.run(get_timeline, shop.of(order))["entries"]
    told = [entry for entry in timeline if entry.what == "shipment.moved"]
    assert [entry.details["is_ignored"] for entry in told] == [False, True]


def test_order_is_as_far_as_all_its_parcels(shop):
    order = shop.place((RICE, 1), (RICE, 2))
    seen = []
    dispatched(shop, order, "a" + order["order_id"], [1])
    seen.append(shop.status_of(order)[2])
    dispatched(shop, order, "b" + order["order_id"], [2])
    seen.append(shop.status_of(order)[2])
    delivered(shop, order, "a" + order["order_id"], [1])
    seen.append(shop.status_of(order)[2])
    delivered(shop, order, "b" + order["order_id"], [2])
    seen.append(shop.status_of(order)[2])
    assert seen == ["partial", "shipped", "shipped", "delivered"]


def test_receipt_completes_once(shop):
    order = shop.place((RICE, 1))
    with pytest.raises(Refused, match=contract.NOT_DELIVERED):
        shop.receive(order)
    shop.hear_points(points.HOLD_CAPTURED, order, 300)
    delivered(shop, order, order["order_id"], [1])
    results = race(*[lambda: shop.receive(order) for _ in range(4)])
    assert {result["status"] for result in results} == {"completed"}
    assert shop.receive(order)["status"] == "completed"
    assert len(completed_events(shop, order)) == 1


def test_order_completes_by_itself_days_after_delivery(shop):
    order = shop.place((RICE, 1))
    delivered(shop, order, order["order_id"], [1])
    shop.clock.advance(days=7, hours=8)
    shop.drive_inside()
    assert shop.status_of(order)[0] == "confirmed"
    shop.clock.advance(hours=1)
    assert shop.drive_inside()
    assert shop.status_of(order)[:2] == ("completed", "paid")
    shop.hear_points(points.HOLD_CAPTURED, order, 300)
    assert shop.status_of(order)[:2] == ("completed", "paid")


def test_order_that_came_back_does_not_complete(shop):
    order = shop.place((RICE, 1))
    delivered(shop, order, order["order_id"], [1])
    moved(shop, order, order["order_id"], [1], "returned", hours=30)
    assert shop.status_of(order)[2] == "returned"
    shop.clock.advance(days=30)
    shop.drive_inside()
    assert shop.status_of(order)[0] == "confirmed"


def test_virtual_order_completes_when_its_codes_are_there(shop):
    order = shop.place((TOP_UP, 2))
    shop.hear_points(points.HOLD_CAPTURED, order, shop.row_of(order).points)
    shop.hear(catalog.CODES_ISSUED, order, **codes(order, "AAAA"))
    assert shop.status_of(order)[::2] == ("confirmed", "none")
    shop.hear(catalog.CODES_ISSUED, order, **codes(order, "AAAA", "BBBB"))
    assert shop.status_of(order)[::2] == ("completed", "delivered")
    shop.hear(catalog.CODES_ISSUED, order, **codes(order, "AAAA", "BBBB"))
    assert [code["code"] for code in get(shop, order)["codes"]] == ["AAAA", "BBBB"]
    assert len(completed_events(shop, order)) == 1
    assert shop.broken_invariants() == []


def test_mixed_order_waits_for_its_parcel(shop):
    order = shop.place((TOP_UP, 1), (RICE, 1))
    shop.hear(catalog.CODES_ISSUED, order, **codes(order, "CCCC"))
    assert shop.status_of(order)[::2] == ("confirmed", "partial")
    delivered(shop, order, order["order_id"], [2])
    assert shop.status_of(order)[::2] == ("confirmed", "delivered")


def test_late_facts_of_a_cancelled_order_are_kept_as_ignored(shop):
    order = shop.place((RICE, 1))
    shop.cancel(order)
    moved(shop, order, order["order_id"], [1])
    entry = shop.works.run(get_timeline, shop.of(order))["entries"][-1]
    assert (entry.what, entry.details["is_ignored"]) == ("shipment.moved", True)
    assert shop.status_of(order)[0] == "cancelled"


def test_events_of_unknown_orders_are_passed_over(shop):
    nobody = {"order_id": new_id("ord")}
    assert shop.hear_points(points.HOLD_RELEASED, nobody, 5)
    assert moved(shop, nobody, "lost", [1])
    assert shop.hear(catalog.CODES_ISSUED, nobody, **codes(nobody, "DDDD"))


def test_points_events_in_every_order_end_alike(shop):
    tellers = {points.HOLD_CAPTURED: 300, points.POINTS_REFUNDED: 300}
    for permutation in itertools.permutations(tellers):
        order = shop.place((RICE, 1))
        shop.cancel(order)
        for event in permutation:
            shop.hear_points(event, order, tellers[event])
        assert shop.status_of(order)[:2] == ("cancelled", "refunded")
    assert shop.broken_invariants() == []


def test_orders_are_the_owners_alone(shop, engine):
    order, stranger = shop.place((RICE, 1)), Shop(engine)
    for look in (get_order, get_timeline):
        with pytest.raises(Refused, match=contract.ORDER_UNKNOWN):
            stranger.works.run(look, stranger.of(order))
    assert get(shop, order)["order_id"] == order["order_id"]


def test_quote_and_check(shop):
    lines = shop.request((PHONE, 3))["lines"]
    quote = shop.quote(*lines)
    assert (quote["points"], quote["cash_fen"], quote["lines"][0]["line_no"]) == (1500, 29700, 1)
    order = shop.place((RICE, 1))
    assert shop.works.run(check_order, {"order_id": order["order_id"]})["status"] == "confirmed"
    assert shop.works.run(check_order, {"order_id": new_id("ord")})["status"] == "unknown"


def test_delivered_when_the_last_parcel_was_whoever_told_first(shop):
    for hours in ((9, 20), (20, 9)):
        order = shop.place((RICE, 1), (RICE, 2))
        shop.hear_points(points.HOLD_CAPTURED, order, 900)
        for line_no, hour in enumerate(hours, start=1):
            delivered(shop, order, f"{line_no}{order['order_id']}", [line_no], hours=hour)
        assert shop.row_of(order).delivered_at == NOON + timedelta(hours=20)
        assert shop.row_of(order).due_at == NOON + timedelta(days=7, hours=20)
