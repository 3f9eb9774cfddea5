"""What happened at the sandboxes is what the adapters read in their bills; a bill that is spoiled is refused."""

from datetime import date

import pytest

from services.chassis.clock import SystemClock
from services.chassis.testkit import database_of
from services.orders.domain.bill import BillNotGenuine
from tests.integration.orders.sandboxes import wait_for

engine = database_of("orders")


@pytest.fixture
def told(shop):
    """A payment and its refund, both on today's bill: the keys by which lines are known."""
    order, payment_id = shop.order_paid_there()
    shop.take(wait_for(lambda: shop.letters(payment_id))[0])
    shop.cancel(order)
    shop.run_jobs()
    return {
        "payment_id": payment_id,
        "trade": shop.desk.number_of(payment_id),
        "refund": shop.refund_of(payment_id).number,
    }


def lines_of(shop, told):
    bill = shop.settings.providers[shop.pays_with].bill(shop.bill_day)
    return {line.kind: line for line in bill.lines if line.key == told.get(line.kind)}


def test_a_payment_and_its_refund_are_on_the_bill_of_the_day(shop, told):
    lines = lines_of(shop, told)
    assert [(kind, lines[kind].amount_fen) for kind in ("trade", "refund")] == [("trade", 9900), ("refund", 9900)]
    assert [lines["trade"].fee_fen, lines["refund"].fee_fen] == [59, -59]
    assert abs((SystemClock().now() - lines["trade"].at).total_seconds()) < 600


def test_the_bill_tells_what_it_is_told_to_tell(shop, told):
    number = shop.desk.number_of(told["payment_id"])
    with shop.bill_told("leave_out", number=number):
        assert lines_of(shop, told).keys() == {"refund"}
    with shop.bill_told("amount", number=number, amount_fen=9899):
        assert lines_of(shop, told)["trade"].amount_fen == 9899
    with shop.bill_told("stranger", number="pay_stranger", amount_fen=4200):
        strange = list(shop.settings.providers[shop.pays_with].bill(shop.bill_day).lines)
        assert [line.amount_fen for line in strange if "stranger" in line.number] == [4200]


def test_there_is_no_bill_of_a_day_without_trades_or_before_it_is_made(shop, told):
    provider = shop.settings.providers[shop.pays_with]
    assert provider.bill(date(2026, 1, 31)) is None
    with shop.bill_told("late"):
        assert provider.bill(shop.bill_day) is None


def test_a_file_that_was_cut_off_is_refused(shop, told):
    provider = shop.settings.providers[shop.pays_with]
    with shop.bill_told("corrupt"), pytest.raises(BillNotGenuine):
        list(provider.bill(shop.bill_day).lines)


def test_totals_that_are_wrong_are_refused(shop, told):
    provider = shop.settings.providers[shop.pays_with]
    with shop.bill_told("wrong_totals"):
        if shop.pays_with == "bank":  # its file has none; it is signed whole
            assert lines_of(shop, told).keys() == {"trade", "refund"}
            return
        with pytest.raises(BillNotGenuine):
            list(provider.bill(shop.bill_day).lines)
