"""The nightly jobs themselves, over real HTTP, with providers whose bills lie, are late, or never come."""

import threading
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest

from services.chassis.clock import FixedClock, start_of_day
from services.chassis.testkit import database_of
from services.orders import contract
from services.orders.service import OrdersService
from services.orders.settings import read_orders_settings
from tests.integration.orders.sandbox_shop import SandboxShop
from tests.integration.orders.sandboxes import PROGRAMS, Callbacks, running_sandboxes, wait_for

engine = database_of("orders", each="function")
JOBS = {
    "alipay": OrdersService.reconcile_with_alipay,
    "bank": OrdersService.reconcile_with_bank,
    "mobile": OrdersService.reconcile_with_mobile,
}
STRANGER = "pay_stranger1"
NEVER_S = "120"  # no time-out of ours ends a call: what hangs hangs until the test lets go of it


class Books(SandboxShop):
    """One provider's payments of a day, and the mornings after it: from ``sleep`` on time is the test's."""

    day = None

    @property
    def bill_day(self):
        return self.day or super().bill_day

    def sleep(self):
        self.day = self.bill_day
        self.clock = FixedClock(start_of_day(self.day + timedelta(days=1)) + timedelta(hours=11))

    def run_nightly_job(self):
        service = OrdersService()
        service.works = self.works
        JOBS[self.pays_with](service)

    def mornings(self, count):
        for _ in range(count):
            self.run_nightly_job()
            self.clock.advance(days=1)

    def paid(self):
        """Payment id of an order whose notice came."""
        _, payment_id = self.order_paid_there()
        assert self.take(wait_for(lambda: self.letters(payment_id))[0]) == "applied"
        return payment_id

    def refunded_without_an_answer(self):
        """Payment and refund id: it was made there, and nobody here has heard of it."""
        order, payment_id = self.order_paid_there()
        self.take(wait_for(lambda: self.letters(payment_id))[0])
        with self.desk.fault(refund="hang"):
            self.cancel(order)
            self.run_jobs()
        return payment_id, self.refund_of(payment_id).refund_id

    @contextmanager
    def bill_with(self, *changes):
        """``changes``: (mode, our id of the payment, more)."""
        with ExitStack() as told:
            for mode, payment_id, more in changes:
                told.enter_context(self.bill_told(mode, number=self.desk.number_of(payment_id), **more))
            yield

    def bill(self):
        wanted = "SELECT * FROM provider_bill WHERE provider = %s AND day = %s"
        return next(iter(self.rows(wanted, self.pays_with, self.day)), None)

    def has_begun_to_ask(self):
        """Bills are asked for one by one, the oldest day first."""
        return self.rows("SELECT FROM provider_bill WHERE provider = %s AND tries > 0", self.pays_with)

    def differences(self):
        found = "SELECT what, number, state FROM bill_difference WHERE provider = %s"
        return sorted(tuple(row) for row in self.rows(found, self.pays_with))

    def rows(self, statement, *values):
        with self.engine.connect() as connection:
            return connection.exec_driver_sql(statement, values).all()


@pytest.fixture
def books(engine, tmp_path):
    """By provider; nothing has happened at their sandboxes yet."""
    edge = Callbacks().start()
    with running_sandboxes(tmp_path, edge) as urls:
        yield {provider: Books(engine, urls, edge, provider) for provider in contract.PROVIDERS}
    edge.stop()


def test_whatever_is_wrong_with_a_bill_is_found_and_what_can_be_healed_is(books):
    for shop in books.values():
        shop.paid()
        differs, left_out, twice = shop.paid(), shop.paid(), shop.paid()
        order, unheard = shop.order_paid_there()
        _, refund_id = shop.refunded_without_an_answer()
        happened = len(shop.bill_entries())
        shop.sleep()
        changes = [
            ("amount", differs, {"amount_fen": 9899}),
            ("leave_out", left_out, {}),
            ("twice", twice, {}),
            ("stranger", STRANGER, {"amount_fen": 4200}),
        ]
        with shop.bill_with(*changes):
            shop.run_nightly_job()
        shop.run_jobs()  # the refund is asked about
        shop.mornings(4)  # that there is no bill of the next day, on which it could be, is believed late
        assert shop.differences() == [
            ("amount_differs", differs, "open"),
            ("duplicate", twice, "open"),
            ("missing_here", unheard, "corrected"),
            ("missing_here", refund_id, "corrected"),
            ("missing_there", left_out, "open"),
            ("unknown", shop.desk.number_of(STRANGER), "open"),
        ]
        assert (shop.bill().state, shop.bill().lines, shop.bill().tries) == ("read", happened + 1, 1)
        assert shop.status_of(order)[0] == "confirmed"
        assert len(shop.desk.trade(unheard)["refunds"]) == 0


@pytest.mark.parametrize("fault", ["corrupt", "late"])
def test_a_bill_that_lies_or_is_not_there_yet_is_asked_for_again_and_then_read_whole(books, fault):
    for shop in books.values():
        payment_id = shop.paid()
        shop.sleep()
        with shop.bill_told(fault):
            shop.run_nightly_job()
            assert (shop.bill().state, shop.bill().tries) == ("awaited", 1)
            assert bool(shop.bill().problem) == (fault == "corrupt")
        assert shop.rows("SELECT * FROM provider_bill_line WHERE provider = %s", shop.pays_with) == []
        shop.run_nightly_job()
        assert shop.bill().tries == 1  # not before its time
        shop.clock.advance(minutes=31)
        shop.run_nightly_job()
        assert (shop.bill().state, shop.bill().lines, shop.bill().problem) == ("read", 1, None)
        [line] = shop.rows("SELECT number FROM provider_bill_line WHERE provider = %s", shop.pays_with)
        assert (line.number, shop.differences()) == (shop.desk.number_of(payment_id), [])


@pytest.mark.parametrize("hanging", contract.PROVIDERS)
def test_a_provider_that_hangs_holds_up_the_reconciliation_of_nobody_else(books, hanging, monkeypatch):
    """The others' bills are read, compared and healed while it has not answered; nothing of its own is lost."""
    unheard = {provider: shop.order_paid_there() for provider, shop in books.items()}
    for shop in books.values():
        shop.sleep()
    stuck = books[hanging]
    monkeypatch.setenv(f"MALL_{PROGRAMS[hanging].upper()}_TIMEOUT_S", NEVER_S)
    stuck.settings = read_orders_settings()
    job = threading.Thread(target=stuck.run_nightly_job)
    with stuck.desk.fault(query="hang"):
        job.start()
        wait_for(stuck.has_begun_to_ask)
        for provider in set(books) - {hanging}:
            books[provider].run_nightly_job()
            assert books[provider].bill().state == "read"
            assert books[provider].differences() == [("missing_here", unheard[provider][1], "corrected")]
            assert books[provider].status_of(unheard[provider][0])[0] == "confirmed"
        assert job.is_alive()
        assert stuck.bill().state == "awaited"
    job.join()
    assert stuck.bill().state == "read"
    assert stuck.differences() == [("missing_here", unheard[hanging][1], "corrected")]
    assert stuck.status_of(unheard[hanging][0])[0] == "confirmed"
