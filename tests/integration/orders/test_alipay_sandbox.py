"""The whole way of the money with a provider that speaks Alipay's protocol, in a process of its own."""

import os
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import requests

from deploy.sandbox.keys import ensure_keys
from services.chassis.clock import SystemClock
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.orders import contract
from services.orders.settings import read_orders_settings
from services.orders.usecases.record_payment_notice import record_payment_notice
from services.orders.usecases.start_payment import start_payment
from tests.integration.orders.goods import PHONE
from tests.integration.orders.kit import Shop

engine = database_of("orders")
REPOSITORY = Path(__file__).parents[3]
PATIENCE_S = 10


def wait_for(condition):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError("not true in time")


class Callbacks:
    """The mall's edge: keeps the forms that the provider posts, and says success."""

    def __init__(self):
        self.forms = forms = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                forms.append(dict(parse_qsl(body, keep_blank_values=True)))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"success")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def callbacks():
    edge = Callbacks()
    yield edge
    edge.server.shutdown()
    edge.server.server_close()


@pytest.fixture(scope="module")
def alipay_url(tmp_path_factory, callbacks):
    folder = tmp_path_factory.mktemp("alipay")
    ensure_keys(folder / "keys")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    environment = {
        "MALL_ALIPAY_URL": url,
        "MALL_PUBLIC_URL": callbacks.url,
        "MALL_KEYS_DIR": str(folder / "keys"),
        "MALL_SANDBOX_DIR": str(folder),
        "MALL_ALIPAY_TIMEOUT_S": "1",
    }
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.sandbox.alipay"],
            env=os.environ | environment,
            cwd=REPOSITORY,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    with pytest.MonkeyPatch.context() as patched:
        for name, value in environment.items():
            patched.setenv(name, value)
        wait_for(lambda: is_healthy(url))
        yield url
    process.terminate()
    process.wait(PATIENCE_S)


def is_healthy(url):
    try:
        return requests.get(f"{url}/healthz", timeout=1).ok
    except requests.ConnectionError:
        return False


class SandboxShop(Shop):
    """A shop with the real clock, since the provider has one, and with the provider's own address."""

    def __init__(self, engine, alipay_url, callbacks):
        super().__init__(engine, clock=SystemClock())
        self.alipay_url, self.callbacks = alipay_url, callbacks
        self.settings = read_orders_settings()

    @property
    def works(self):
        works = super().works
        works.settings = self.settings
        return works

    def visit_cashier(self, order):
        """Open the payment's address as the buyer's browser does; returns the cashier's address."""
        request = {"request_id": f"pay-{order['order_id']}", **self.of(order), "return_url": None}
        self.payment = start_payment(self.works, request)
        opened = requests.get(self.payment["pay_url"], timeout=5, allow_redirects=False)
        assert opened.status_code == 302, opened.text
        return f"{self.alipay_url}{opened.headers['Location']}"

    def pay_at(self, cashier):
        return requests.post(f"{cashier}/pay", timeout=5, allow_redirects=False)

    def notices(self, status="TRADE_SUCCESS"):
        mine = [f for f in self.callbacks.forms if f["out_trade_no"] == self.payment["payment_id"]]
        return [form for form in mine if form["trade_status"] == status]

    def notify(self, form):
        return record_payment_notice(self.works, {"provider": "alipay", "fields_received": form})["outcome"]

    def make_due(self, order):
        with self.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE orders SET due_at = now() - interval '1 second' WHERE order_id = %s", (order["order_id"],)
            )
            connection.exec_driver_sql("UPDATE refund SET due_at = now() WHERE status = 'open'")

    def fault(self, **switches):
        requests.post(f"{self.alipay_url}/control/faults", json=switches, timeout=5).raise_for_status()


@pytest.fixture
def shop(engine, alipay_url, callbacks):
    return SandboxShop(engine, alipay_url, callbacks)


def test_pay_notice_cancel_refund(shop):
    order = shop.place((PHONE, 1))
    shop.pay_at(shop.visit_cashier(order))
    form = wait_for(shop.notices)[0]
    assert shop.notify(form) == "applied"
    assert shop.notify(form) == "duplicate"
    with pytest.raises(Refused, match=contract.NOTICE_NOT_GENUINE):
        shop.notify(form | {"total_amount": "0.01"})
    assert shop.status_of(order)[0] == "confirmed"

    assert shop.cancel(order)["status"] == "cancelled"
    shop.run_jobs()
    trade = requests.get(f"{shop.alipay_url}/control/trades/{shop.payment['payment_id']}", timeout=5).json()
    assert (trade["refunded_amount"], len(trade["refunds"])) == ("99.00", 1)
    echo = wait_for(lambda: shop.notices("TRADE_CLOSED"))[0]  # of the refund
    assert shop.notify(echo) == "ignored"
    assert shop.status_of(order)[:2] == ("cancelled", "refunded")
    assert shop.broken_invariants() == []


def test_attacks_of_a_false_provider(shop):
    order = shop.place((PHONE, 1))
    shop.visit_cashier(order)
    for mode, code in (("wrong_amount", contract.AMOUNT_DIFFERS), ("wrong_sign", contract.NOTICE_NOT_GENUINE)):
        before = len(shop.notices())
        body = {"out_trade_no": shop.payment["payment_id"], "mode": mode}
        requests.post(f"{shop.alipay_url}/control/notify", json=body, timeout=5)
        with pytest.raises(Refused, match=code):
            shop.notify(wait_for(lambda before=before: shop.notices()[before:])[0])
    assert shop.status_of(order)[0] == "awaiting_payment"


def test_closing_closes_the_trade_so_that_nobody_can_pay_it(shop):
    order = shop.place((PHONE, 1))
    cashier = shop.visit_cashier(order)
    shop.make_due(order)
    shop.run_jobs()
    assert shop.status_of(order)[0] == "closed"
    assert shop.pay_at(cashier).status_code == 409


def test_closing_an_order_whose_cashier_was_never_opened(shop):
    order = shop.place((PHONE, 1))
    request = {"request_id": "never", **shop.of(order), "return_url": None}
    start_payment(shop.works, request)
    shop.make_due(order)
    shop.run_jobs()
    assert shop.status_of(order)[0] == "closed"


def test_closing_finds_the_payment_of_a_lost_notice(shop):
    order = shop.place((PHONE, 1))
    shop.pay_at(shop.visit_cashier(order))
    shop.make_due(order)
    shop.run_jobs()
    assert shop.status_of(order)[0] == "confirmed"


def test_refund_that_hangs_is_done_once(shop):
    order = shop.place((PHONE, 1))
    shop.pay_at(shop.visit_cashier(order))
    shop.notify(wait_for(shop.notices)[0])
    shop.fault(refund="hang")
    try:
        shop.cancel(order)
        shop.run_jobs()
        assert shop.status_of(order)[1] == "partial"
    finally:
        shop.fault(refund="ok")
    shop.make_due(order)
    shop.run_jobs()
    trade = requests.get(f"{shop.alipay_url}/control/trades/{shop.payment['payment_id']}", timeout=5).json()
    assert (shop.status_of(order)[1], len(trade["refunds"])) == ("refunded", 1)
    assert shop.broken_invariants() == []
