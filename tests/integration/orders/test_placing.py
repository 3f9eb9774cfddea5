"""Placing: one request, one order, one answer."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcTimeout
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.orders import contract
from services.orders.usecases.place_order import place_order
from services.points import contract as points
from tests.integration.orders.goods import GOODS, PHONE, RICE, TOP_UP
from tests.integration.orders.kit import NOON, Shop

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    return Shop(engine)


def orders_of(shop):
    with shop.engine.connect() as connection:
        mine = sa.text("SELECT count(*) FROM orders WHERE member_id = :member_id")
        return connection.execute(mine, {"member_id": shop.member_id}).scalar_one()


def calls(shop):
    return [call.address for call, _ in shop.rpc.calls]


RELEASES = [catalog.RELEASE_STOCK.address, points.RELEASE_HOLD.address]


def test_points_only_order_is_confirmed_at_once(shop):
    order = shop.place((RICE, 2))

    assert (order["status"], order["points"], order["cash_fen"], order["pay_by"]) == ("confirmed", 600, 0, None)
    assert shop.status_of(order) == ("confirmed", "none", "none")
    [envelope] = shop.events_of(order, contract.ORDER_CONFIRMED)
    assert envelope["data"]["delivery_address"]["name"] == "王芳"
    assert envelope["sequence"] == 1
    assert shop.events_of(order, contract.ORDER_PLACED) == []
    assert shop.broken_invariants() == []


def test_cash_order_awaits_payment_within_the_window(shop):
    order = shop.place((PHONE, 1), (TOP_UP, 1))

    assert (order["status"], order["points"], order["cash_fen"]) == ("awaiting_payment", 1500, 9900)
    assert shop.row_of(order).pay_by == NOON + timedelta(seconds=900)
    assert [e["data"]["pay_by"] for e in shop.events_of(order, contract.ORDER_PLACED)] == ["2026-03-02T04:15:00.000Z"]
    assert shop.events_of(order, contract.ORDER_CONFIRMED) == []
    [hold] = shop.rpc.requests_of(points.HOLD_POINTS)
    assert (hold["order_id"], hold["points"], hold["expires_in_s"]) == (order["order_id"], 1500, 1200)


def test_cash_only_order_holds_no_points(shop, monkeypatch):
    monkeypatch.setitem(GOODS, PHONE, ("physical", 0, 9900))
    order = shop.place((PHONE, 1))
    assert order["status"] == "awaiting_payment"
    assert shop.rpc.requests_of(points.HOLD_POINTS) == []


def test_gift_costs_nothing_and_can_be_called_off(shop, monkeypatch):
    monkeypatch.setitem(GOODS, RICE, ("physical", 0, 0))
    order = shop.place((RICE, 1))
    assert shop.status_of(order) == ("confirmed", "paid", "none")
    assert shop.cancel(order)["status"] == "cancelled"
    assert shop.broken_invariants() == []


def test_lines_of_one_sku_are_reserved_as_one_and_sorted(shop):
    shop.place((RICE, 2), (PHONE, 1), (RICE, 3))
    [request] = shop.rpc.requests_of(catalog.RESERVE_STOCK)
    wanted = {RICE: 5, PHONE: 1}
    assert request["lines"] == [{"sku_id": sku, "quantity": wanted[sku]} for sku in sorted(wanted)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"member_state": "suspended"}, contract.MEMBER_NOT_ACTIVE),
        ({"expected": {"points": 499, "cash_fen": 9900}}, contract.TOTAL_CHANGED),
        ({"delivery_address": None}, contract.ADDRESS_REQUIRED),
        ({"payment_provider": None}, contract.PROVIDER_REQUIRED),
    ],
)
def test_what_the_buyer_did_not_agree_to_is_refused_before_anything_is_held(shop, changes, code):
    with pytest.raises(Refused) as refused:
        shop.place((PHONE, 1), **changes)
    assert refused.value.code == code
    assert calls(shop) == [catalog.QUOTE_LINES.address]
    assert orders_of(shop) == 0


def test_changed_total_is_told(shop):
    with pytest.raises(Refused) as refused:
        shop.place((PHONE, 1), expected={"points": 1, "cash_fen": 2})
    assert refused.value.details["total"] == {"points": 500, "coins": 0, "cash_fen": 9900}


def test_virtual_goods_need_no_address(shop):
    assert shop.place((TOP_UP, 1), delivery_address=None)["status"] == "confirmed"


def test_refusal_of_the_quote_comes_through_and_is_remembered(shop):
    shop.rpc.answers[catalog.QUOTE_LINES] = Refused(catalog.TIER_TOO_LOW, "too low")
    request = shop.request((RICE, 1))
    for _ in range(2):
        with pytest.raises(Refused, match=catalog.TIER_TOO_LOW):
            place_order(shop.works, request)
    assert calls(shop) == [catalog.QUOTE_LINES.address]


@pytest.mark.parametrize(
    ("refusing", "code"),
    [(catalog.RESERVE_STOCK, catalog.STOCK_INSUFFICIENT), (points.HOLD_POINTS, points.INSUFFICIENT)],
)
def test_what_one_refuses_the_other_lets_go(shop, refusing, code):
    shop.rpc.answers[refusing] = Refused(code, "no")
    request = shop.request((RICE, 1))
    with pytest.raises(Refused, match=code):
        place_order(shop.works, request)
    assert calls(shop)[-2:] == RELEASES
    assert orders_of(shop) == 0

    shop.rpc.answers.pop(refusing)  # asked again, nobody is called any more
    with pytest.raises(Refused, match=code):
        place_order(shop.works, request)


def test_refusal_stands_even_if_the_release_fails(shop):
    shop.rpc.answers[points.HOLD_POINTS] = Refused(points.INSUFFICIENT, "no")
    shop.rpc.answers[catalog.RELEASE_STOCK] = RpcTimeout("silent")
    with pytest.raises(Refused, match=points.INSUFFICIENT):
        shop.place((RICE, 1))
