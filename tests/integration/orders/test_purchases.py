"""Baskets of several merchants: one purchase, an order for each merchant, one payment."""

import pytest
import sqlalchemy as sa

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcTimeout
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.usecases.look_up_orders import get_purchase
from services.orders.usecases.place_order import place_purchase
from services.orders.usecases.settle_refunds import settle_refunds
from services.points import contract as points
from tests.integration.orders.goods import PHONE, RICE, TEA, WATCH
from tests.integration.orders.kit import NOON, Shop, parcel_data
from tests.integration.orders.provider_with_memory import notice_form

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    return Shop(engine)


@pytest.fixture
def bought(shop):
    """A phone and two boxes of tea: 9,900 and 5,000 fen."""
    return shop.purchase((PHONE, 1), (TEA, 2))


def order_with(purchase, sku_id):
    return next(order for order in purchase["orders"] if order["lines"][0]["sku_id"] == sku_id)


def statuses(shop, purchase):
    return [shop.status_of(order)[:2] for order in purchase["orders"]]


def test_an_order_for_each_merchant_and_the_sums_of_them(shop, bought):
    assert {name: bought[name] for name in ("points", "coins", "cash_fen")} == {
        "points": 700,
        "coins": 0,
        "cash_fen": 14900,
    }
    phone, tea = order_with(bought, PHONE), order_with(bought, TEA)
    assert [(order["points"], order["cash_fen"]) for order in (phone, tea)] == [(500, 9900), (200, 5000)]
    assert {order["purchase_id"] for order in bought["orders"]} == {bought["purchase_id"]}
    holds = {hold["order_id"]: hold["points"] for hold in shop.rpc.requests_of(points.HOLD_POINTS)}
    assert holds == {phone["order_id"]: 500, tea["order_id"]: 200}
    reserved = {request["order_id"]: request["lines"] for request in shop.rpc.requests_of(catalog.RESERVE_STOCK)}
    assert reserved[tea["order_id"]] == [{"sku_id": TEA, "quantity": 2}]
    assert shop.broken_invariants() == []


def test_the_same_request_is_the_same_purchase_also_without_its_remembered_answer(shop):
    request = shop.request((PHONE, 1), (TEA, 1))
    first = place_purchase(shop.works, request)
    assert place_purchase(shop.works, request) == first
    with shop.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM answer"))
    assert place_purchase(shop.works, request) == first
    told = {"member_id": shop.member_id, "purchase_id": first["purchase_id"]}
    with shop.works.begin() as work:
        assert contract.GET_PURCHASE.dump_reply(get_purchase(work, told)) == first
    with shop.works.begin() as work, pytest.raises(Refused, match=contract.PURCHASE_UNKNOWN):
        get_purchase(work, told | {"member_id": new_id("mbr")})


def test_one_merchants_basket_is_a_purchase_of_one_order(shop):
    bought = shop.purchase((PHONE, 1))
    assert [order["order_id"][4:] for order in bought["orders"]] == [bought["purchase_id"][4:]]


def test_several_orders_are_not_placed_as_one(shop):
    with pytest.raises(Refused, match=contract.PURCHASE_REQUIRED) as refused:
        shop.place((PHONE, 1), (TEA, 1))
    assert refused.value.details["orders"] == 2
    assert [call.address for call, _ in shop.rpc.calls] == [catalog.QUOTE_LINES.address]


def test_what_one_neighbour_refuses_of_one_order_lets_all_of_all_go(shop):
    hold = shop.rpc.answers[points.HOLD_POINTS]

    def refuse_the_tea(request):
        if request["points"] == 100:
            raise Refused(points.INSUFFICIENT, "no")
        return hold(request)

    shop.rpc.answers[points.HOLD_POINTS] = refuse_the_tea
    with pytest.raises(Refused, match=points.INSUFFICIENT):
        shop.purchase((PHONE, 1), (TEA, 1))
    for released in (catalog.RELEASE_STOCK, points.RELEASE_HOLD):
        assert len({request["order_id"] for request in shop.rpc.requests_of(released)}) == 2
    assert shop.broken_invariants() == []


def test_a_retry_after_a_silence_finds_the_same_holds(shop):
    request, answer = shop.request((PHONE, 1), (TEA, 1)), shop.rpc.answers[catalog.RESERVE_STOCK]
    shop.rpc.answers[catalog.RESERVE_STOCK] = RpcTimeout("silent")
    with pytest.raises(Refused, match=contract.TEMPORARILY_UNAVAILABLE):
        place_purchase(shop.works, request)
    shop.rpc.answers[catalog.RESERVE_STOCK] = answer
    bought = place_purchase(shop.works, request)
    held = {hold["order_id"] for hold in shop.rpc.requests_of(points.HOLD_POINTS)}
    assert held == {order["order_id"] for order in bought["orders"]}


def test_one_payment_confirms_all_orders(shop, bought):
    started = shop.start_payment(bought)
    assert started["amount_fen"] == 14900
    assert shop.start_payment(order_with(bought, TEA))["payment_id"] == started["payment_id"]
    form = shop.provider.pay(started["payment_id"])
    assert [shop.notify(form), shop.notify(form)] == ["applied", "duplicate"]
    assert statuses(shop, bought) == [("confirmed", "partial")] * 2  # points are captured when points says so
    shares = {
        order["order_id"]: [event["data"]["amount_fen"] for event in shop.events_of(order, contract.PAYMENT_CAPTURED)]
        for order in bought["orders"]
    }
    assert shares == {order["order_id"]: [order["cash_fen"]] for order in bought["orders"]}
    assert shop.broken_invariants() == []


def test_what_costs_no_cash_does_not_wait_for_the_payment_of_the_others(shop):
    bought = shop.purchase((RICE, 1), (TEA, 1))
    assert order_with(bought, RICE)["status"] == "confirmed"
    assert order_with(bought, TEA)["status"] == "awaiting_payment"
    assert shop.start_payment(bought)["amount_fen"] == 2500
    shop.clock.advance(minutes=16)
    shop.run_jobs()
    assert [shop.status_of(order_with(bought, sku))[0] for sku in (RICE, TEA)] == ["confirmed", "closed"]
    assert shop.broken_invariants() == []


def test_an_unpaid_purchase_closes_as_a_whole_when_one_order_is_cancelled(shop, bought):
    payment = shop.start_payment(bought)
    shop.cancel(order_with(bought, TEA))
    shop.run_jobs()
    assert statuses(shop, bought) == [("closed", "none")] * 2
    assert shop.provider.trades[payment["payment_id"]].status == "closed"
    assert {shop.row_of(order).close_reason for order in bought["orders"]} == {"changed_my_mind"}
    with pytest.raises(Refused, match=contract.NOT_PAYABLE):
        shop.start_payment(bought)
    assert shop.broken_invariants() == []


def test_an_unpaid_purchase_closes_as_a_whole_when_its_time_is_over(shop, bought):
    shop.clock.advance(minutes=15)
    shop.run_jobs()
    assert statuses(shop, bought) == [("closed", "none")] * 2
    assert [shop.ended(order) for order in bought["orders"]] == [[contract.ORDER_CLOSED.type]] * 2
    assert shop.broken_invariants() == []


def test_money_that_comes_while_the_purchase_closes_confirms_all_of_it(shop, bought):
    form = shop.provider.pay(shop.start_payment(bought)["payment_id"])
    shop.provider.is_silent = True
    shop.cancel(order_with(bought, TEA))
    shop.run_jobs()
    assert [status for status, _ in statuses(shop, bought)] == ["closing"] * 2
    assert shop.notify(form) == "applied"
    assert [status for status, _ in statuses(shop, bought)] == ["confirmed"] * 2


def test_late_money_goes_back_order_by_order(shop, bought):
    payment = shop.start_payment(bought)
    shop.provider.trades.clear()
    shop.clock.advance(minutes=16)
    shop.run_jobs()
    shop.provider.open(payment["payment_id"], payment["amount_fen"])
    assert shop.notify(shop.provider.pay(payment["payment_id"])) == "applied"
    shop.run_jobs()
    assert sorted(shop.provider.refunds.values()) == [5000, 9900]
    assert statuses(shop, bought) == [("closed", "refunded")] * 2
    assert shop.broken_invariants() == []


def test_only_the_order_that_lost_its_points_gets_its_share_back(shop, bought):
    form = shop.provider.pay(shop.start_payment(bought)["payment_id"])
    phone, tea = order_with(bought, PHONE), order_with(bought, TEA)
    shop.provider.is_silent = True
    shop.hear_points(points.HOLD_RELEASED, tea, 200)
    assert [shop.status_of(order)[0] for order in (phone, tea)] == ["closing"] * 2
    shop.provider.is_silent = False
    assert shop.notify(form) == "applied"
    shop.run_jobs()
    assert shop.status_of(phone)[0] == "confirmed"
    assert shop.status_of(tea)[:2] == ("closed", "refunded")
    assert list(shop.provider.refunds.values()) == [5000]
    assert shop.broken_invariants() == []


def test_each_order_lives_alone_once_it_is_paid(shop, bought):
    shop.pay(bought)
    phone, tea = order_with(bought, PHONE), order_with(bought, TEA)
    shop.cancel(tea)
    shop.run_jobs()
    assert list(shop.provider.refunds.values()) == [5000]
    assert shop.status_of(tea)[0] == "cancelled"
    [refunded] = shop.events_of(tea, contract.PAYMENT_REFUNDED)
    assert refunded["data"]["amount_fen"] == 5000
    shop.hear_points(points.HOLD_CAPTURED, phone, 500)
    shop.hear(logistics.SHIPMENT_DELIVERED, phone, **parcel_data("1", "delivered", [1], NOON), signed_by=None)
    assert shop.receive(phone)["status"] == "completed"
    assert shop.broken_invariants() == []


def test_paid_at_two_providers_every_share_of_one_of_them_goes_back(shop, bought):
    first = shop.start_payment(bought)
    second = shop.start_payment(bought, provider="bank")
    for one in (first, second):
        assert shop.notify(notice_form(one["payment_id"], 14900), one["provider"]) == "applied"
    assert [status for status, _ in statuses(shop, bought)] == ["confirmed"] * 2
    for provider in ("alipay", "bank"):
        settle_refunds(shop.works, provider)
    assert sorted(shop.provider.refunds.values()) == [5000, 9900]
    assert shop.broken_invariants() == []


def test_another_amount_is_noted_in_every_order_and_changes_nothing(shop, bought):
    payment = shop.start_payment(bought)
    with pytest.raises(Refused, match=contract.AMOUNT_DIFFERS):
        shop.notify(notice_form(payment["payment_id"], 9900))
    assert statuses(shop, bought) == [("awaiting_payment", "none")] * 2
    assert ["payment.amount_differs" in shop.facts_of(order) for order in bought["orders"]] == [True] * 2


def test_three_orders_close_together_and_tell_why(shop):
    bought = shop.purchase((PHONE, 1), (TEA, 1), (WATCH, 1))
    shop.cancel(bought["orders"][1])
    assert statuses(shop, bought) == [("closed", "none")] * 3
    assert [shop.ended(order) for order in bought["orders"]] == [[contract.ORDER_CLOSED.type]] * 3
