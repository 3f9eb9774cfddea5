"""Paying: one payment, notices in every shape."""

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.orders import contract
from services.orders.usecases.start_payment import get_cashier, start_payment
from services.points import contract as points
from tests.integration.orders.goods import PHONE, RICE
from tests.integration.orders.kit import Shop
from tests.integration.orders.provider_with_memory import notice_form

engine = database_of("orders")


@pytest.fixture(params=contract.PROVIDERS)
def shop(engine, request):
    """Whoever the provider is, its payments are treated alike."""
    return Shop(engine, pays_with=request.param)


@pytest.fixture
def unpaid(shop):
    return shop.place((PHONE, 1))


def test_every_start_is_the_same_payment(shop, unpaid):
    first, second = shop.start_payment(unpaid), shop.start_payment(unpaid)
    assert first["payment_id"] == second["payment_id"]
    assert (first["amount_fen"], first["provider"]) == (9900, shop.pays_with)
    assert first["payment_id"] in first["pay_url"]


def test_starts_at_once_make_one_payment(shop, unpaid):
    started = race(*[lambda: shop.start_payment(unpaid) for _ in range(6)])
    assert len({start["payment_id"] for start in started}) == 1


def test_only_an_order_that_waits_can_be_paid(shop, unpaid):
    confirmed = shop.place((RICE, 1))
    stranger = shop.start_request(unpaid, member_id=new_id("mbr"))
    for order, code in ((confirmed, contract.NOT_PAYABLE), (unpaid, None)):
        if code:
            with pytest.raises(Refused, match=code):
                shop.start_payment(order)
    with pytest.raises(Refused, match=contract.ORDER_UNKNOWN):
        start_payment(shop.works, stranger)
    shop.clock.advance(minutes=15)
    with pytest.raises(Refused, match=contract.NOT_PAYABLE):
        shop.start_payment(unpaid)


def test_payment_confirms_and_is_told_once(shop, unpaid):
    form = shop.pay(unpaid)

    assert shop.status_of(unpaid) == ("confirmed", "partial", "none")  # the points are still to be captured
    assert shop.hear_points(points.HOLD_CAPTURED, unpaid, 500)
    assert shop.status_of(unpaid) == ("confirmed", "paid", "none")
    assert [shop.notify(form), shop.notify(form)] == ["duplicate", "duplicate"]
    assert shop.notify(form | {"notify_id": "another"}) == "duplicate"
    assert len(shop.events_of(unpaid, contract.PAYMENT_CAPTURED)) == 1
    assert len(shop.events_of(unpaid, contract.ORDER_CONFIRMED)) == 1
    assert shop.broken_invariants() == []


def test_same_notice_many_times_at_once(shop, unpaid):
    form = shop.provider.pay(shop.start_payment(unpaid)["payment_id"])
    outcomes = race(*[lambda: shop.notify(form) for _ in range(6)])
    assert sorted(outcomes) == ["applied"] + ["duplicate"] * 5
    assert len(shop.events_of(unpaid, contract.ORDER_CONFIRMED)) == 1


def test_false_notices_change_nothing(shop, unpaid):
    payment_id = shop.start_payment(unpaid)["payment_id"]
    genuine = notice_form(payment_id, 9900)
    with pytest.raises(Refused, match=contract.NOTICE_NOT_GENUINE):
        shop.notify(genuine | {"sign": "forged"})
    with pytest.raises(Refused, match=contract.PROVIDER_UNKNOWN):
        shop.notify(genuine, provider="paypal")
    with pytest.raises(Refused, match=contract.PAYMENT_UNKNOWN):
        shop.notify(notice_form(new_id("pay"), 9900))
    assert shop.status_of(unpaid) == ("awaiting_payment", "none", "none")


def test_wrong_amount_is_refused_every_time_and_on_record(shop, unpaid):
    payment_id = shop.start_payment(unpaid)["payment_id"]
    for _ in range(2):
        with pytest.raises(Refused, match=contract.AMOUNT_DIFFERS):
            shop.notify(notice_form(payment_id, 9901))
    assert shop.facts_of(unpaid).count("payment.amount_differs") == 1
    assert shop.status_of(unpaid)[0] == "awaiting_payment"
    assert shop.notify(notice_form(payment_id, 9900, notify_id="right")) == "applied"


def test_notices_of_two_payments_that_are_numbered_alike_both_count(shop, unpaid):
    another = shop.place((PHONE, 1))
    for order in (unpaid, another):
        payment_id = shop.start_payment(order)["payment_id"]
        assert shop.notify(notice_form(payment_id, 9900, notify_id="000001")) == "applied"
        assert shop.notify(notice_form(payment_id, 9900, notify_id="000001")) == "duplicate"
        assert shop.status_of(order)[0] == "confirmed"


@pytest.mark.parametrize("status", ["waiting", "closed"])
def test_genuine_notice_of_no_payment_is_ignored(shop, unpaid, status):
    payment_id = shop.start_payment(unpaid)["payment_id"]
    assert shop.notify(notice_form(payment_id, 9900, status)) == "ignored"
    assert shop.status_of(unpaid)[0] == "awaiting_payment"


def test_the_cashier_is_opened_for_who_is_there(shop, unpaid):
    payment_id = shop.start_payment(unpaid)["payment_id"]
    wanted = {"payment_id": payment_id, "return_url": "https://mall.example/back", "buyer_ip": "203.0.113.9"}
    opened = get_cashier(shop.works, wanted)
    assert opened == {
        "provider": shop.pays_with,
        "url": "https://provider.example/cashier",
        "form": {"no": payment_id, "ip": "203.0.113.9"},
    }


def test_no_cashier_for_what_is_not_to_be_paid(shop, unpaid):
    wanted = {"return_url": None, "buyer_ip": "203.0.113.9"}
    payment_id = shop.start_payment(unpaid)["payment_id"]
    with pytest.raises(Refused, match=contract.PAYMENT_UNKNOWN):
        get_cashier(shop.works, {"payment_id": new_id("pay"), **wanted})
    shop.provider.is_silent = True
    with pytest.raises(Refused, match=contract.PROVIDER_SILENT):
        get_cashier(shop.works, {"payment_id": payment_id, **wanted})
    shop.provider.is_silent = False
    shop.notify(shop.provider.pay(payment_id))
    with pytest.raises(Refused, match=contract.NOT_PAYABLE):
        get_cashier(shop.works, {"payment_id": payment_id, **wanted})
