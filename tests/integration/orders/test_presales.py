"""Orders of goods that are still to come: sent when they are there, given up in time, called off if nothing comes."""

from datetime import UTC, date, datetime
from functools import partial

import pytest

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.storage.queries import lines_of
from services.points import contract as points
from tests.integration.orders.goods import PHONE, PRESALES, TABLET
from tests.integration.orders.kit import Shop, parcel_data

engine = database_of("orders")
PRESALE = PRESALES[TABLET]["presale_id"]


@pytest.fixture
def shop(engine):
    shop = Shop(engine)
    yield shop
    assert shop.broken_invariants() == []


def paid(shop):
    order = shop.place((TABLET, 1))
    shop.pay(order)
    shop.hear_points(points.HOLD_CAPTURED, order, 400)
    return order


def answers(shop, is_committed):
    shop.rpc.answers[catalog.RELEASE_STOCK] = lambda request: {
        "order_id": request["order_id"],
        "units": 0,
        "is_committed": is_committed,
    }


def allotted(shop, order):
    return shop.hear(catalog.STOCK_ALLOTTED, order, units=1)


def revoked(shop, order):
    return shop.hear(catalog.PRESALE_REVOKED, order, presale_id=PRESALE, reason="the maker gave up")


def state_of(shop, order, name):
    return next(step["state"] for step in shop.row_of(order).plan if step["step"] == name)


def test_the_order_names_the_pre_sale_and_the_day(shop):
    order = shop.place((TABLET, 2))
    [asked] = shop.rpc.requests_of(catalog.RESERVE_STOCK)
    assert asked["lines"] == [{"sku_id": TABLET, "quantity": 2, "presale_id": PRESALE}]
    assert contract.PLACE_ORDER.dump_reply(order)["lines"][0]["ships_from"] == "2026-03-20"
    assert shop.row_of(order).variant == "presale"


def test_what_is_there_and_what_is_to_come_are_not_one_order(shop):
    with pytest.raises(Refused, match=contract.PURCHASE_REQUIRED):
        shop.place((TABLET, 1), (PHONE, 1))
    purchase = shop.purchase((TABLET, 1), (PHONE, 1))
    by_sku = {order["lines"][0]["sku_id"]: shop.row_of(order).variant for order in purchase["orders"]}
    assert by_sku == {TABLET: "presale", PHONE: ""}
    shop.pay(purchase)
    waits = [
        shop.events_of(order, contract.ORDER_CONFIRMED)[0]["data"]["waits_for_goods"] for order in purchase["orders"]
    ]
    assert sorted(waits) == [False, True]


def test_nothing_is_sent_before_the_goods_are_allotted(shop):
    order = paid(shop)
    [told] = shop.events_of(order, contract.ORDER_CONFIRMED)
    assert (told["data"]["waits_for_goods"], shop.events_of(order, contract.ORDER_ALLOTTED)) == (True, [])
    assert (state_of(shop, order, "await_goods"), state_of(shop, order, "carry")) == ("doing", "waiting")
    allotted(shop, order)
    [told] = shop.events_of(order, contract.ORDER_ALLOTTED)
    assert (told["data"]["waits_for_goods"], told["data"]["lines"][0]["sku_id"]) == (False, TABLET)
    assert (state_of(shop, order, "await_goods"), state_of(shop, order, "carry")) == ("done", "doing")
    allotted(shop, order)
    assert len(shop.events_of(order, contract.ORDER_ALLOTTED)) == 1
    shop.hear(logistics.SHIPMENT_DISPATCHED, order, **parcel_data("1", "dispatched", [1]))
    assert shop.status_of(order) == ("confirmed", "paid", "shipped")


def test_orders_of_goods_that_are_there_are_told_to_be_sent_at_once(shop):
    order = shop.place((PHONE, 1))
    shop.pay(order)
    [told] = shop.events_of(order, contract.ORDER_CONFIRMED)
    assert (told["data"]["waits_for_goods"], shop.events_of(order, contract.ORDER_ALLOTTED)) == (False, [])


def test_a_member_gives_up_what_is_not_allotted_and_gets_everything_back(shop):
    order = paid(shop)
    answers(shop, is_committed=False)
    assert shop.cancel(order)["status"] == "cancelled"
    shop.run_jobs()
    shop.hear_points(points.POINTS_REFUNDED, order, 400)
    assert shop.status_of(order) == ("cancelled", "refunded", "none")
    allotted(shop, order)
    assert shop.events_of(order, contract.ORDER_ALLOTTED) == []


def test_what_is_allotted_is_not_given_up_any_more(shop):
    order = paid(shop)
    allotted(shop, order)
    with pytest.raises(Refused) as refusal:
        shop.cancel(order)
    assert refusal.value.code == contract.NOT_CANCELLABLE


def test_the_catalog_may_know_better_than_we_do(shop):
    order = paid(shop)
    answers(shop, is_committed=True)
    with pytest.raises(Refused) as refusal:
        shop.cancel(order)
    assert refusal.value.code == contract.NOT_CANCELLABLE
    assert shop.status_of(order)[0] == "confirmed"
    assert len(shop.events_of(order, contract.ORDER_ALLOTTED)) == 1
    allotted(shop, order)
    assert len(shop.events_of(order, contract.ORDER_ALLOTTED)) == 1


def test_while_the_catalog_is_away_the_order_waits_and_then_ends(shop):
    order = paid(shop)
    shop.rpc.answers[catalog.RELEASE_STOCK] = RpcFault("away")
    assert shop.cancel(order)["status"] == "cancelling"
    shop.clock.advance(seconds=120)
    answers(shop, is_committed=False)
    shop.run_jobs()
    assert shop.status_of(order)[0] == "cancelled"


@pytest.mark.parametrize("is_paid", [True, False])
def test_of_a_cancelled_pre_sale_orders_are_called_off_and_refunded(shop, is_paid):
    order = paid(shop) if is_paid else shop.place((TABLET, 1))
    answers(shop, is_committed=False)
    revoked(shop, order)
    shop.run_jobs()
    if is_paid:
        shop.hear_points(points.POINTS_REFUNDED, order, 400)
        assert shop.status_of(order) == ("cancelled", "refunded", "none")
    else:
        assert shop.status_of(order)[0] == "closed"
    assert shop.row_of(order).close_reason == "presale_revoked"
    revoked(shop, order)
    assert shop.facts_of(order).count("presale.revoked") == 1


def test_a_revocation_that_comes_after_the_allotment_changes_nothing(shop):
    order = paid(shop)
    allotted(shop, order)
    revoked(shop, order)
    assert shop.status_of(order)[0] == "confirmed"


def test_an_order_is_stuck_a_day_after_the_day_that_was_promised(shop):
    order = paid(shop)
    shop.clock.instant = datetime(2026, 3, 20, 15, 59, tzinfo=UTC)
    shop.run_jobs()
    assert shop.row_of(order).stuck_step is None
    shop.clock.advance(minutes=2)
    shop.run_jobs()
    assert shop.row_of(order).stuck_step == "await_goods"
    assert "order.stuck" in shop.facts_of(order)


@pytest.mark.parametrize("_turn", range(50))
def test_of_an_allotment_and_a_cancellation_at_once_one_wins(engine, _turn):
    shop = Shop(engine)
    order = paid(shop)
    heard = {"allotted": False}

    def catalog_decides(request):
        """The catalog allots first or gives up first, never both."""
        return {"order_id": request["order_id"], "units": 0, "is_committed": heard["allotted"]}

    def allots():
        heard["allotted"] = True
        allotted(shop, order)

    shop.rpc.answers[catalog.RELEASE_STOCK] = catalog_decides
    race(allots, partial(shop.cancel, order))
    shop.clock.advance(minutes=5)
    shop.run_jobs()
    status = shop.status_of(order)[0]
    sent = len(shop.events_of(order, contract.ORDER_ALLOTTED))
    assert (status, sent) in [("confirmed", 1), ("cancelled", 0)]


def test_the_day_that_was_promised_stays_with_the_line(shop):
    order = shop.place((TABLET, 1))
    [line] = shop.works.run(lambda work, _: _lines(work, order), {})
    assert (line.presale_id, line.ships_from) == (PRESALE, date(2026, 3, 20))


def _lines(work, order):
    return lines_of(work, [order["order_id"]])[order["order_id"]]
