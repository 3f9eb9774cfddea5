"""Cash that is paid at the door: promised on credit, collected by the carrier, or refused with the parcel."""

from datetime import timedelta
from typing import Any

import pytest

from services.chassis.bus.faults import RpcTimeout
from services.chassis.ids import derived_id, new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, race
from services.logistics import contract as logistics
from services.members import contract as members
from services.orders import contract
from services.orders.usecases.pay_out import confirm_payout, list_payouts
from services.orders.usecases.unstick_order import unstick_order
from services.points import contract as points
from tests.integration.orders.after_sale import Desk
from tests.integration.orders.goods import ADDRESS, BUNDLE, GAME, PHONE, RICE
from tests.integration.orders.kit import NOON, Shop, good_credit, parcel_data

engine = database_of("orders")
TRIES = 40


@pytest.fixture
def shop(engine) -> Shop:
    return Shop(engine, pays_with=contract.ON_DELIVERY)


@pytest.fixture
def promised(shop: Shop) -> dict[str, Any]:
    """A phone for 500 points and 99 yuan, to be paid at the door; the points are captured."""
    order = shop.place((PHONE, 1))
    shop.hear_points(points.HOLD_CAPTURED, order, 500)
    return order


def moves(shop: Shop, order: dict[str, Any], status: str, minute: int = 0, **more: Any) -> None:
    event = logistics.SHIPMENT_DELIVERED if status == "delivered" else logistics.SHIPMENT_MOVED
    told = parcel_data(order["order_id"][-8:], status, [1], NOON + timedelta(hours=1, minutes=minute))
    shop.hear(event, order, **told, **more)


def delivered(shop: Shop, order: dict[str, Any], collected_fen: int | None, minute: int = 0) -> None:
    moves(shop, order, "delivered", minute, collected_fen=collected_fen)


def refusal(shop: Shop, *lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
    with pytest.raises(Refused) as refused:
        shop.place(*lines, **changes)
    return {"code": refused.value.code, **refused.value.details}


def credits_of(shop: Shop, order: dict[str, Any]) -> list[int]:
    """Fen."""
    booked = [event["data"] for event in emitted(shop.engine, contract.MERCHANT_CREDITED)]
    return [data["cash_fen"] for data in booked if data["order_id"] == order["order_id"]]


def payouts(shop: Shop, order: dict[str, Any]) -> list[dict[str, Any]]:
    with shop.works.begin() as work:
        return [row for row in list_payouts(work, 1000) if row["order_id"] == order["order_id"]]


def test_it_is_confirmed_at_once_and_logistics_is_told_to_collect(shop: Shop) -> None:
    order = shop.place((PHONE, 1))
    assert (order["status"], order["pay_by"]) == ("confirmed", None)
    assert shop.status_of(order) == ("confirmed", "none", "none")
    [told] = shop.events_of(order, contract.ORDER_CONFIRMED)
    assert (told["data"]["is_paid_on_delivery"], told["data"]["cash_fen"]) == (True, 9900)
    assert "cash.promised" in shop.facts_of(order)
    assert shop.broken_invariants() == []


def test_an_order_that_is_paid_first_is_not_collected_for(engine) -> None:
    shop = Shop(engine)
    order = shop.place((PHONE, 1))
    shop.pay(order)
    [told] = shop.events_of(order, contract.ORDER_CONFIRMED)
    assert told["data"]["is_paid_on_delivery"] is False


def test_where_no_carrier_collects_cash_it_is_not_offered(shop: Shop) -> None:
    shop.rpc.answers[logistics.CHECK_COLLECTION] = {"is_offered": False}
    told = refusal(shop, (PHONE, 1))
    assert told == {"code": contract.ON_DELIVERY_NOT_OFFERED, "reasons": ["no_carrier_collects_there"]}
    assert asked_for(shop, ADDRESS["province"]) == ["no_carrier_collects_there"]
    assert asked_for(shop, None) == []  # nobody knows where yet
    shop.rpc.answers[logistics.CHECK_COLLECTION] = RpcTimeout("silent")
    assert asked_for(shop, ADDRESS["province"]) == ["carriers_not_known_now"]
    shop.rpc.answers[logistics.CHECK_COLLECTION] = {"is_offered": True}
    assert asked_for(shop, ADDRESS["province"]) == []
    assert shop.place((PHONE, 1))["status"] == "confirmed"


def asked_for(shop: Shop, province: str | None) -> list[str]:
    """What a quote says that stands against cash on delivery there."""
    shop.rpc.answers[points.GET_BALANCE] = lambda request: {
        **request, "available": 9, "held": 0, "earned_in_all": 0, "expiring": [], "as_of": shop.clock.now()
    }  # fmt: skip
    line = {"sku_id": PHONE, "quantity": 1, "price_id": derived_id("prc", PHONE)}
    quote = shop.quote(line, member_id=shop.member_id, province=province)
    [offered] = [each for each in quote["payment_providers"] if each["provider"] == contract.ON_DELIVERY]
    assert offered["is_offered"] is not bool(offered["reasons"])
    return offered["reasons"]


def test_the_cash_that_the_carrier_collected_pays_the_order(shop: Shop, promised) -> None:
    moves(shop, promised, "in_transit")
    delivered(shop, promised, 9900)
    assert shop.status_of(promised) == ("confirmed", "paid", "delivered")
    [captured] = shop.events_of(promised, contract.PAYMENT_CAPTURED)
    assert (captured["data"]["provider"], captured["data"]["amount_fen"]) == ("on_delivery", 9900)
    assert shop.receive(promised)["status"] == "completed"
    assert shop.broken_invariants() == []


def test_the_delivery_told_twice_pays_once(shop: Shop, promised) -> None:
    for _ in range(3):
        delivered(shop, promised, 9900)
    assert len(shop.events_of(promised, contract.PAYMENT_CAPTURED)) == 1


def test_goods_that_are_there_are_not_received_before_their_cash_is(shop: Shop, promised) -> None:
    delivered(shop, promised, None)
    with pytest.raises(Refused) as refused:
        shop.receive(promised)
    assert refused.value.code == contract.NOT_DELIVERED


@pytest.mark.parametrize("collected", [None, 0, 9800, 10000])
def test_another_amount_pays_nothing_until_the_carrier_corrects_it(shop: Shop, promised, collected) -> None:
    delivered(shop, promised, collected)
    assert shop.status_of(promised) == ("confirmed", "partial", "delivered")
    assert shop.row_of(promised).stuck_step == "collect_cash"
    assert shop.facts_of(promised)[-2:] == ["cash.amount_differs", "order.stuck"]
    assert shop.broken_invariants() == []
    delivered(shop, promised, 9900, minute=5)
    assert shop.status_of(promised) == ("confirmed", "paid", "delivered")
    assert shop.row_of(promised).stuck_step is None


def test_no_merchant_is_credited_with_cash_that_is_not_there(shop: Shop, promised) -> None:
    """However many days after the delivery; once the carrier has corrected it the credit comes."""
    delivered(shop, promised, 9000)
    shop.clock.advance(days=30)
    assert "no_escrow_is_forgotten" not in [check["name"] for check in shop.broken_invariants()]
    assert credits_of(shop, promised) == []
    delivered(shop, promised, 9900, minute=5)
    shop.clock.advance(hours=7)
    shop.broken_invariants()
    assert credits_of(shop, promised) == [9900]


def test_an_older_amount_that_comes_late_changes_nothing(shop: Shop, promised) -> None:
    delivered(shop, promised, 9900, minute=5)
    delivered(shop, promised, 100, minute=1)
    assert shop.status_of(promised)[1] == "paid"
    assert "cash.amount_differs" not in shop.facts_of(promised)


def test_an_amount_that_is_corrected_after_it_paid_is_on_record(shop: Shop, promised) -> None:
    delivered(shop, promised, 9900)
    delivered(shop, promised, 9000, minute=5)
    assert shop.status_of(promised)[1] == "paid"
    assert shop.facts_of(promised)[-1] == "cash.amount_differs"


def test_what_is_refused_at_the_door_calls_the_order_off_and_gives_the_points_back(shop: Shop, promised) -> None:
    moves(shop, promised, "delivery_failed")
    moves(shop, promised, "returned", minute=1)
    assert shop.status_of(promised)[0] == "cancelled"
    [ended] = shop.events_of(promised, contract.ORDER_CANCELLED)
    assert ended["data"]["reason"] == contract.REFUSED_AT_DOOR
    shop.hear_points(points.POINTS_REFUNDED, promised, 500)
    assert shop.status_of(promised) == ("cancelled", "refunded", "returned")
    assert payouts(shop, promised) == []
    assert shop.broken_invariants() == []


@pytest.mark.parametrize("status", ["lost", "damaged"])
def test_what_is_lost_before_it_is_paid_calls_the_order_off_and_does_not_return_to_stock(
    shop: Shop, promised, status
) -> None:
    moves(shop, promised, status, minute=2)
    moves(shop, promised, "in_transit", minute=1)
    [ended] = shop.events_of(promised, contract.ORDER_CANCELLED)
    assert (ended["data"]["reason"], ended["data"]["are_goods_lost"]) == (contract.PARCEL_LOST, True)
    shop.hear_points(points.POINTS_REFUNDED, promised, 500)
    assert shop.status_of(promised) == ("cancelled", "refunded", "shipped")
    assert shop.broken_invariants() == []


def test_what_is_paid_for_and_lost_is_not_called_off(engine) -> None:
    shop = Shop(engine)
    order = shop.place((PHONE, 1))
    shop.pay(order)
    moves(shop, order, "lost")
    assert shop.status_of(order)[0] == "confirmed"


def test_what_is_lost_while_it_is_cancelled_does_not_return_to_stock_either(shop: Shop, promised) -> None:
    shop.rpc.answers[logistics.STOP_DISPATCH] = RpcTimeout("silent")
    assert shop.cancel(promised)["status"] == "cancelling"
    moves(shop, promised, "lost")
    [ended] = shop.events_of(promised, contract.ORDER_CANCELLED)
    assert (ended["data"]["reason"], ended["data"]["are_goods_lost"]) == ("changed_my_mind", True)


def says_lost(shop: Shop, order: dict[str, Any]) -> dict[str, Any]:
    asked = {"order_id": order["order_id"], "move": "parcel_lost", "step": None, "reason": "the carrier cannot say"}
    with shop.works.begin() as work:
        return unstick_order(work, asked)


def test_operators_say_that_a_parcel_is_lost_of_which_its_carrier_says_nothing(shop: Shop, promised) -> None:
    moves(shop, promised, "in_transit")
    assert says_lost(shop, promised)["status"] == "cancelled"
    [ended] = shop.events_of(promised, contract.ORDER_CANCELLED)
    assert (ended["data"]["reason"], ended["data"]["are_goods_lost"]) == (contract.PARCEL_LOST, True)
    assert "order.moved_by_hand.parcel_lost" in shop.facts_of(promised)
    delivered(shop, promised, 9900, minute=1)
    [payout] = payouts(shop, promised)
    assert (payout["amount_fen"], payout["reason"]) == (9900, "late_payment")
    assert shop.broken_invariants() == []


def test_only_what_is_on_its_way_unpaid_is_said_to_be_lost(engine, shop: Shop, promised) -> None:
    paid, over = Shop(engine), shop.place((PHONE, 1))
    bought = paid.place((PHONE, 1))
    paid.pay(bought)
    moves(paid, bought, "in_transit")
    moves(shop, over, "returned")
    delivered(shop, collected := shop.place((PHONE, 1)), 9900)
    for keeper, order in ((shop, promised), (paid, bought), (shop, over), (shop, collected)):
        before = keeper.row_of(order)
        with pytest.raises(Refused) as refused:
            says_lost(keeper, order)
        assert refused.value.code == contract.NOT_CANCELLABLE
        assert keeper.row_of(order) == before


def test_of_lost_and_delivered_with_its_cash_at_once_nothing_is_half_done(engine) -> None:
    """Called off, its cash is paid out; or paid, and it stays so."""
    for _ in range(TRIES):
        shop = Shop(engine, pays_with=contract.ON_DELIVERY)
        order = shop.place((PHONE, 1))
        shop.hear_points(points.HOLD_CAPTURED, order, 500)
        moves(shop, order, "in_transit")
        said, _ = race(lambda: says_lost(shop, order), lambda: delivered(shop, order, 9900, minute=1))  # noqa: B023
        owed = [payout["amount_fen"] for payout in payouts(shop, order)]
        if isinstance(said, Refused):
            assert (shop.status_of(order), owed) == (("confirmed", "paid", "delivered"), [])
        else:
            assert (shop.status_of(order)[0], owed) == ("cancelled", [9900])
    assert shop.broken_invariants() == []


@pytest.mark.parametrize("end", ["returned", "lost"])
def test_cash_of_an_order_that_is_over_is_taken_whatever_it_is_and_paid_out(shop: Shop, promised, end) -> None:
    moves(shop, promised, end)
    delivered(shop, promised, 9000, minute=2)
    assert shop.status_of(promised)[0] == "cancelled"
    [payout] = payouts(shop, promised)
    assert (payout["amount_fen"], payout["reason"]) == (9000, "late_payment")
    with shop.works.begin() as work:
        assert confirm_payout(work, payout["refund_id"], "ICBC-1", "paid to the card on file").status == "done"
        confirm_payout(work, payout["refund_id"], "ICBC-1", "said again")
    assert shop.facts_of(promised).count("payment.paid_out") == 1
    assert payouts(shop, promised) == []
    assert len(shop.events_of(promised, contract.PAYMENT_REFUNDED)) == 1
    assert shop.broken_invariants() == []


def test_only_what_was_paid_at_the_door_is_paid_out(engine) -> None:
    shop = Shop(engine)
    with pytest.raises(Refused) as refused, shop.works.begin() as work:
        confirm_payout(work, new_id("rfd"), "1", "a guess")
    assert refused.value.code == contract.PAYOUT_UNKNOWN


def test_nothing_is_put_right_before_it_is_paid_and_then_its_cash_is_paid_out(engine) -> None:
    desk = Desk(engine, pays_with=contract.ON_DELIVERY)
    order = desk.place((PHONE, 1))
    desk.hear_points(points.HOLD_CAPTURED, order, 500)
    with pytest.raises(Refused) as refused:
        desk.open(order, "refund", (1, [1]))
    assert (refused.value.code, refused.value.details) == (contract.CASE_NOT_OFFERED, {"tenders": ["cash"]})
    delivered(desk, order, 9900)
    case = desk.approve(desk.open(order, "refund", (1, [1])))
    desk.run_jobs()
    [payout] = payouts(desk, order)
    assert payout["amount_fen"] == 9900
    with desk.works.begin() as work:
        confirm_payout(work, payout["refund_id"], "ICBC-2", "paid to the card on file")
    assert desk.look(case)["status"] == "closed"
    assert desk.broken_invariants() == []


def test_before_the_parcel_goes_it_is_cancelled_as_usual(shop: Shop, promised) -> None:
    assert shop.cancel(promised)["status"] == "cancelled"
    [ended] = shop.events_of(promised, contract.ORDER_CANCELLED)
    assert ended["data"]["reason"] == "changed_my_mind"
    assert shop.broken_invariants() == []


def test_what_is_not_carried_cannot_be_paid_at_the_door(shop: Shop) -> None:
    assert refusal(shop, (PHONE, 1), (BUNDLE, 1)) == {
        "code": contract.COMBINATION_NOT_OFFERED,
        "variants": ["on_delivery"],
    }
    assert shop.rpc.requests_of(points.HOLD_POINTS) == []


def test_without_cash_there_is_nothing_to_pay_at_the_door(shop: Shop) -> None:
    order = shop.place((RICE, 1), (GAME, 1), payment_provider=contract.ON_DELIVERY)
    assert shop.row_of(order).variant == ""


def test_who_has_no_credit_is_refused_with_the_reasons_and_nothing_is_held(shop: Shop) -> None:
    def poor(request: dict[str, Any]) -> dict[str, Any]:
        told = good_credit(request)
        told["cash_on_delivery"] |= {"is_offered": False, "reasons": ["too_few_good_trades"]}
        return told

    shop.rpc.answers[members.GET_CREDIT] = poor
    request = {"request_id": new_id("req")}
    assert refusal(shop, (PHONE, 1), **request) == {
        "code": contract.ON_DELIVERY_NOT_OFFERED,
        "reasons": ["too_few_good_trades"],
    }
    assert shop.rpc.requests_of(points.HOLD_POINTS) == []
    shop.rpc.answers[members.GET_CREDIT] = good_credit
    assert refusal(shop, (PHONE, 1), **request)["code"] == contract.ON_DELIVERY_NOT_OFFERED


def test_no_more_orders_and_no_more_cash_at_a_time_than_the_credit_allows(shop: Shop) -> None:
    shop.place((PHONE, 9))
    assert refusal(shop, (PHONE, 2))["reasons"] == ["too_much_open_cash"]
    first = shop.place((PHONE, 1))
    assert refusal(shop, (PHONE, 1))["reasons"] == ["too_much_open_cash"]
    shop.hear_points(points.HOLD_CAPTURED, first, 500)
    delivered(shop, first, 9900)
    assert shop.place((PHONE, 1))["status"] == "confirmed"


def test_of_many_placings_at_once_exactly_as_many_succeed_as_the_limit_allows(engine) -> None:
    for _ in range(TRIES):
        shop = Shop(engine, pays_with=contract.ON_DELIVERY)
        shop.place((PHONE, 1))
        placed = race(*[lambda shop=shop: shop.place((PHONE, 1)) for _ in range(4)])
        refused = [each for each in placed if isinstance(each, Refused)]
        assert [each.details["reasons"] for each in refused] == [["too_many_open_orders"]] * 2
        assert len(shop.rpc.requests_of(points.RELEASE_HOLD)) == 2
    assert shop.broken_invariants() == []


def test_the_same_request_twice_at_the_limit_is_one_order(shop: Shop) -> None:
    shop.place((PHONE, 1))
    shop.place((PHONE, 1))
    request = {"request_id": new_id("req")}
    placed = race(*[lambda: shop.place((PHONE, 1), **request) for _ in range(4)])
    assert {each["order_id"] for each in placed} == {placed[0]["order_id"]}


def test_delivered_with_cash_while_it_is_cancelled(engine) -> None:
    """Logistics cannot stop what is handed over; whoever comes first, the order ends paid and with its goods."""
    for _ in range(TRIES):
        shop = Shop(engine, pays_with=contract.ON_DELIVERY)
        order = shop.place((PHONE, 1))
        shop.hear_points(points.HOLD_CAPTURED, order, 500)
        shop.rpc.answers[logistics.STOP_DISPATCH] = Refused(logistics.HANDED_OVER, "gone")
        race(lambda: shop.cancel(order), lambda: delivered(shop, order, 9900))  # noqa: B023 — run before the next try
        shop.run_jobs()
        assert shop.status_of(order) == ("confirmed", "paid", "delivered")
        assert shop.receive(order)["status"] == "completed"
    assert shop.broken_invariants() == []


def test_a_quote_says_whether_it_can_be_paid_at_the_door_and_why_not(shop: Shop) -> None:
    line = {"sku_id": PHONE, "quantity": 11, "price_id": derived_id("prc", PHONE)}
    shop.rpc.answers[points.GET_BALANCE] = lambda request: {
        **request, "available": 9, "held": 0, "earned_in_all": 0, "expiring": [], "as_of": shop.clock.now()
    }  # fmt: skip
    said = {row["provider"]: row for row in shop.quote(line, member_id=shop.member_id)["payment_providers"]}
    assert {name: row["is_offered"] for name, row in said.items()} == {
        "alipay": True,
        "bank": True,
        "mobile": True,
        "on_delivery": False,
    }
    assert said["on_delivery"]["reasons"] == ["too_much_open_cash"]
    said = shop.quote(line | {"quantity": 10}, member_id=shop.member_id)["payment_providers"]
    assert said[-1] == {"provider": "on_delivery", "is_offered": True, "reasons": []}
    assert shop.quote(line | {"sku_id": RICE, "price_id": derived_id("prc", RICE)})["payment_providers"] == []
