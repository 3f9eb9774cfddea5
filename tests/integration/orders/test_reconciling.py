"""Bills beside our books: whatever is wrong with a bill is found, and nothing else is."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.clock import FixedClock, local_date, start_of_day
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, race
from services.orders import contract
from services.orders.domain.bill import REFUND, TRADE, BillLine
from services.orders.usecases.compare_bills import compare_lines
from services.orders.usecases.look_at_bills import (
    explain_difference,
    list_bills,
    list_differences,
    observe_bills,
    set_bill_terms,
)
from services.orders.usecases.read_bills import read_due_bill
from services.orders.usecases.reconcile import reconcile
from tests.integration.orders.goods import PHONE
from tests.integration.orders.kit import NOON, Shop

engine = database_of("orders")
ROUNDS = 20
OF_BILLS = {"bills_sum_to_their_lines", "bills_come", "lines_of_bills_are_booked_or_differ"}
NOTHING_SAID = dict.fromkeys(("ready_at_minute", "ask_every_s", "days_back", "absent_after_h", "tolerance_fen"))


class Books:
    """A shop that pays at one provider, whose bills tell what happened unless a test changes them. Every test has days
    of its own."""

    days = 0

    def __init__(self, engine):
        Books.days += 5
        self.shop = Shop(engine, clock=FixedClock(NOON + timedelta(days=Books.days)))
        self.engine, self.provider, self.day = engine, self.shop.provider, local_date(self.shop.clock.now())
        self.lines = self.provider.bills

    def paid(self):
        """Payment id of an order that is paid."""
        return self.shop.pay(self.shop.place((PHONE, 1)))["payment_id"]

    def given_back(self):
        """Payment and refund id of an order that is paid and cancelled."""
        order = self.shop.place((PHONE, 1))
        payment_id = self.shop.pay(order)["payment_id"]
        self.shop.cancel(order)
        self.shop.run_jobs()
        [row] = self.rows("SELECT refund_id FROM refund WHERE payment_id = %s", payment_id)
        return payment_id, row.refund_id

    def tell(self, *lines, day=None):
        self.lines.setdefault(day or self.day, []).extend(lines)

    def trade(self, payment_id, **changes):
        told = BillLine(TRADE, payment_id, f"trade-{payment_id}", 9900, 59, self.shop.clock.now())
        return replace(told, **changes)

    def refund(self, refund_id, **changes):
        return replace(BillLine(REFUND, refund_id, "their-refund", 9900, -59, self.shop.clock.now()), **changes)

    def nights(self, count=2):
        """So many mornings later, with an empty bill where a day has none."""
        for _ in range(count):
            self.lines.setdefault(local_date(self.shop.clock.now()), [])
            self.shop.clock.advance(days=1)
            reconcile(self.shop.works, "alipay")

    def differences(self):
        """(what, number, state) of those on bills of this test's days."""
        since = "SELECT * FROM bill_difference WHERE day >= %s AND provider = 'alipay'"
        return sorted((row.what, row.number, row.state) for row in self.rows(since, self.day))

    def bill(self, day=None):
        return self.rows("SELECT * FROM provider_bill WHERE provider = 'alipay' AND day = %s", day or self.day)[0]

    def rows(self, statement, *values):
        with self.engine.connect() as connection:
            return connection.exec_driver_sql(statement, values).all()


@pytest.fixture
def books(engine):
    return Books(engine)


CORRUPTIONS = {
    "none": lambda lines, at: (lines, []),
    "left out": lambda lines, at: (lines[:at] + lines[at + 1 :], [("missing_there", lines[at].number, "open")]),
    "another amount": lambda lines, at: (
        [*lines[:at], replace(lines[at], amount_fen=lines[at].amount_fen - 1), *lines[at + 1 :]],
        [("amount_differs", lines[at].number, "open")],
    ),
    "twice": lambda lines, at: ([*lines, lines[at]], [("duplicate", lines[at].number, "open")]),
    "a stranger": lambda lines, at: (
        [*lines, replace(lines[at], number=f"pay_stranger{at}{lines[at].number[-8:]}")],
        [("unknown", f"pay_stranger{at}{lines[at].number[-8:]}", "open")],
    ),
}


@settings(deadline=None, max_examples=ROUNDS)
@given(st.lists(st.booleans(), min_size=1, max_size=3), st.sampled_from(sorted(CORRUPTIONS)), st.data())
def test_any_one_corruption_is_exactly_one_difference(engine, refunded, corruption, data):
    books, lines = Books(engine), []
    for is_refunded in refunded:
        if is_refunded:
            payment_id, refund_id = books.given_back()
            lines += [books.trade(payment_id), books.refund(refund_id)]
        else:
            lines.append(books.trade(books.paid()))
    at = data.draw(st.integers(0, len(lines) - 1))
    lines, expected = CORRUPTIONS[corruption](lines, at)
    books.tell(*data.draw(st.permutations(lines)))
    books.nights()
    assert books.differences() == expected
    assert not {check["name"] for check in books.shop.broken_invariants()} & OF_BILLS


def test_a_payment_before_midnight_may_be_on_the_next_days_bill(books):
    books.shop.clock.instant = start_of_day(books.day) + timedelta(hours=23, minutes=59)
    payment_id = books.paid()
    books.tell(day=books.day)
    books.tell(books.trade(payment_id), day=books.day + timedelta(days=1))
    books.nights()
    assert books.differences() == []
    assert (books.bill().reviewed_at is None, books.bill().lines) == (False, 0)


def test_what_comes_on_a_bill_after_all_is_corrected(books):
    payment_id = books.paid()
    books.nights(2)
    assert books.differences() == [("missing_there", payment_id, "open")]
    books.tell(books.trade(payment_id), day=local_date(books.shop.clock.now()))
    books.nights(1)
    assert books.differences() == [("missing_there", payment_id, "corrected")]


def test_a_payment_whose_notice_was_lost_is_taken_when_the_provider_confirms_it(books):
    order = books.shop.place((PHONE, 1))
    payment_id = books.shop.start_payment(order)["payment_id"]
    books.provider.pay(payment_id)
    books.tell(books.trade(payment_id))
    books.provider.is_silent = True
    books.nights(1)  # nothing to be had from it
    books.provider.is_silent = False
    books.shop.clock.advance(hours=1)
    reconcile(books.shop.works, "alipay")
    assert books.differences() == [("missing_here", payment_id, "corrected")]
    found = [e["data"]["number"] for e in emitted(books.engine, contract.DIFFERENCE_OPENED)]
    closed = [e["data"]["closed_by"] for e in emitted(books.engine, contract.DIFFERENCE_CLOSED)]
    assert (found.count(payment_id), bool(closed)) == (1, True)
    assert "payment.captured" in books.shop.facts_of(order)


def test_a_line_alone_makes_nothing_paid(books):
    payment_id = books.shop.start_payment(books.shop.place((PHONE, 1)))["payment_id"]
    books.tell(books.trade(payment_id))
    books.nights(1)
    assert books.differences() == [("missing_here", payment_id, "open")]
    [payment] = books.rows("SELECT status FROM payment WHERE payment_id = %s", payment_id)
    assert payment.status == "open"


def test_a_refund_that_nobody_heard_of_is_asked_about(books):
    order = books.shop.place((PHONE, 1))
    payment_id = books.shop.pay(order)["payment_id"]
    books.provider.silence_after_acting = True
    books.shop.cancel(order)
    books.shop.run_jobs()
    [row] = books.rows("SELECT refund_id FROM refund WHERE payment_id = %s", payment_id)
    books.tell(books.trade(payment_id), books.refund(row.refund_id))
    with books.engine.begin() as connection:
        later = "UPDATE refund SET due_at = due_at + interval '30 days' WHERE refund_id = %s"
        connection.exec_driver_sql(later, (row.refund_id,))
    books.nights(1)
    assert books.differences() == [("missing_here", row.refund_id, "open")]
    books.provider.silence_after_acting = False
    books.shop.run_jobs()
    reconcile(books.shop.works, "alipay")
    assert books.differences() == [("missing_here", row.refund_id, "corrected")]


def test_the_trade_of_another_number_is_seen(books):
    payment_id = books.paid()
    books.tell(books.trade(payment_id, provider_no="another"))
    books.nights()
    assert books.differences() == [("reference_differs", payment_id, "open")]


def test_a_bill_that_lies_leaves_nothing_and_is_asked_for_again(books):
    books.tell(*[books.trade(f"pay_{number:032x}") for number in range(3)])
    books.provider.lies_at_the_end = True
    books.nights(1)
    [bill] = books.rows("SELECT * FROM provider_bill WHERE day = %s AND provider = 'alipay'", books.day)
    assert (bill.state, bill.problem, bill.tries) == ("awaited", "other totals", 1)
    assert books.rows("SELECT * FROM provider_bill_line WHERE day = %s", books.day) == []
    reconcile(books.shop.works, "alipay")
    assert books.bill().tries == 1  # not before its time
    books.provider.lies_at_the_end = False
    books.shop.clock.advance(minutes=31)
    reconcile(books.shop.works, "alipay")
    assert (books.bill().state, books.bill().lines, books.bill().paid_fen) == ("read", 3, 29700)


def test_that_there_is_no_bill_is_believed_in_the_end(books):
    books.shop.clock.advance(days=1)
    reconcile(books.shop.works, "alipay")
    assert books.bill().state == "awaited"
    books.shop.clock.advance(days=1)
    reconcile(books.shop.works, "alipay")
    assert books.bill().state == "absent"


def test_a_bill_is_not_asked_for_before_its_time(books):
    books.tell(books.trade(books.paid()))
    books.shop.clock.instant = start_of_day(books.day) + timedelta(days=1, hours=9, minutes=59)
    reconcile(books.shop.works, "alipay")
    assert books.rows("SELECT * FROM provider_bill WHERE day = %s AND provider = 'alipay'", books.day) == []
    with books.shop.works.begin() as work:
        set_bill_terms(work, {**NOTHING_SAID, "provider": "alipay", "ready_at_minute": 599, "reason": "test"})
    reconcile(books.shop.works, "alipay")
    books.shop.clock.advance(seconds=1)
    with books.shop.works.begin() as work:
        set_bill_terms(work, {**NOTHING_SAID, "provider": "alipay", "ready_at_minute": 600, "reason": "test"})
    assert books.bill().state == "read"


def test_a_difference_within_the_tolerance_is_none(books):
    payment_id = books.paid()
    books.tell(books.trade(payment_id, amount_fen=9899))
    for tolerance, expected in ((1, []), (0, None)):
        with books.shop.works.begin() as work:
            set_bill_terms(work, {**NOTHING_SAID, "provider": "alipay", "tolerance_fen": tolerance, "reason": "test"})
        if expected is not None:
            books.nights()
            assert books.differences() == expected
        books.shop.clock.advance(seconds=1)


def test_two_replicas_read_and_compare_a_bill_once(engine):
    for _ in range(ROUNDS):
        books = Books(engine)
        stranger = new_id("pay")
        books.tell(books.trade(books.paid()), books.trade(stranger))
        books.shop.clock.advance(days=1)
        for step in (read_due_bill, compare_lines):
            outcomes = race(*[partial(step, books.shop.works, "alipay")] * 2)
            assert not any(isinstance(outcome, Exception) for outcome in outcomes)
        reconcile(books.shop.works, "alipay")
        assert (books.bill().tries, books.bill().lines) == (1, 2)
        assert books.differences() == [("unknown", stranger, "open")]


def test_finance_sees_what_is_in_suspense_and_explains_it_once(books):
    books.tell(books.trade(f"pay_{'5' * 32}", amount_fen=4200))
    books.nights(1)
    asked = contract.LIST_DIFFERENCES.load_request({"state": "open", "day": str(books.day)})
    with books.shop.works.begin() as work:
        found = contract.LIST_DIFFERENCES.dump_reply(list_differences(work, asked))
        gauges = {reading.name: reading.values["alipay"] for reading in observe_bills(work)}
        bills = list_bills(work, {"provider": "alipay", "limit": 100})["bills"]
    [difference] = found["differences"]
    assert difference["theirs_fen"] == 4200
    assert gauges["mall_bill_suspense_fen"] == found["suspense_fen"] >= 4200
    assert books.day in [bill["day"] for bill in bills]
    request = {"difference_id": difference["difference_id"], "reason": "paid out by hand"}
    with books.shop.works.begin() as work:
        assert explain_difference(work, request)["state"] == "explained"
    with pytest.raises(Refused, match=contract.DIFFERENCE_CLOSED_BEFORE), books.shop.works.begin() as work:
        explain_difference(work, request)
    with pytest.raises(Refused, match=contract.DIFFERENCE_UNKNOWN), books.shop.works.begin() as work:
        explain_difference(work, {**request, "difference_id": f"dif_{'0' * 32}"})
    books.nights(2)
    assert [state for _, _, state in books.differences()] == ["explained"]
