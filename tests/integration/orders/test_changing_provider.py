"""A buyer who would rather pay elsewhere: one payment can be paid at a time, and what comes twice goes back."""

import pytest

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.orders import contract
from services.orders.domain.provider import Trade
from services.orders.usecases.settle_refunds import settle_refunds
from services.orders.usecases.start_payment import get_cashier, start_payment
from tests.integration.orders.goods import PHONE
from tests.integration.orders.kit import Shop
from tests.integration.orders.provider_with_memory import notice_form

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    return Shop(engine)


@pytest.fixture
def unpaid(shop):
    return shop.place((PHONE, 1))


def settle_all(shop):
    while any(settle_refunds(shop.works, provider) for provider in contract.PROVIDERS):
        pass


def test_the_trade_that_is_left_is_closed_and_the_new_one_confirms(shop, unpaid):
    left, chosen = shop.start_payment(unpaid), shop.start_payment(unpaid, provider="mobile")
    assert (chosen["provider"], chosen["amount_fen"]) == ("mobile", left["amount_fen"])
    assert shop.provider.trades[left["payment_id"]].status == "closed"
    wanted = {"payment_id": left["payment_id"], "return_url": None, "buyer_ip": "203.0.113.9"}
    with pytest.raises(Refused, match=contract.NOT_PAYABLE):
        get_cashier(shop.works, wanted)
    assert shop.start_payment(unpaid)["payment_id"] == chosen["payment_id"]  # without a word it stays
    assert shop.notify(shop.provider.pay(chosen["payment_id"]), "mobile") == "applied"
    assert shop.status_of(unpaid)[0] == "confirmed"


def test_there_and_back_again_is_a_payment_of_its_own(shop, unpaid):
    started = [shop.start_payment(unpaid, provider=provider) for provider in ("alipay", "bank", "alipay")]
    assert len({start["payment_id"] for start in started}) == 3


def test_a_repeated_request_does_not_change_it_back(shop, unpaid):
    request = shop.start_request(unpaid, provider="alipay")
    first = start_payment(shop.works, request)
    shop.provider.open(first["payment_id"], 9900)
    chosen = shop.start_payment(unpaid, provider="bank")
    assert start_payment(shop.works, request)["payment_id"] == first["payment_id"]
    assert shop.start_payment(unpaid)["payment_id"] == chosen["payment_id"]


def test_what_is_paid_already_is_not_left(shop, unpaid):
    payment_id = shop.start_payment(unpaid)["payment_id"]
    shop.provider.pay(payment_id)  # its notice is still to come
    with pytest.raises(Refused, match=contract.NOT_PAYABLE):
        shop.start_payment(unpaid, provider="bank")
    assert shop.status_of(unpaid)[0] == "confirmed"


def test_a_provider_that_is_silent_or_undecided_is_not_left(shop, unpaid):
    payment_id = shop.start_payment(unpaid)["payment_id"]
    shop.provider.is_silent = True
    with pytest.raises(Refused, match=contract.PROVIDER_SILENT):
        shop.start_payment(unpaid, provider="bank")
    shop.provider.is_silent = False
    shop.provider.close_trade = lambda _: None
    with pytest.raises(Refused, match=contract.PROVIDER_SILENT):
        shop.start_payment(unpaid, provider="bank")
    assert shop.start_payment(unpaid)["payment_id"] == payment_id


def test_money_that_comes_to_the_one_that_was_left_counts_and_the_second_goes_back(shop, unpaid):
    left, chosen = shop.start_payment(unpaid), shop.start_payment(unpaid, provider="bank")
    shop.provider.trades[left["payment_id"]] = Trade("paid", "late", 9900)
    assert shop.notify(notice_form(left["payment_id"], 9900)) == "applied"
    assert shop.status_of(unpaid)[0] == "confirmed"
    assert shop.notify(notice_form(chosen["payment_id"], 9900), "bank") == "applied"
    settle_all(shop)
    assert shop.provider.refund_calls == 1
    assert shop.status_of(unpaid)[:2] == ("confirmed", "partial")  # the points are still to be captured
    assert shop.broken_invariants() == []

    assert shop.cancel(unpaid)["status"] == "cancelled"
    settle_all(shop)
    assert (shop.provider.refund_calls, shop.status_of(unpaid)[1]) == (2, "refunded")
    assert shop.broken_invariants() == []


def test_two_tabs_that_choose_differently_leave_one_payment(shop, unpaid):
    shop.start_payment(unpaid)
    results = race(*[lambda p=provider: shop.start_payment(unpaid, provider=p) for provider in ("bank", "mobile")])
    refused = [result for result in results if isinstance(result, Refused)]
    assert {refusal.code for refusal in refused} <= {contract.NOT_PAYABLE}
    last = shop.start_payment(unpaid)
    assert last["payment_id"] in {result["payment_id"] for result in results if not isinstance(result, Refused)}
