"""A shop that pays at programs which speak the providers' protocols, over real HTTP."""

import json
from contextlib import contextmanager
from copy import copy
from datetime import timedelta

import requests

from services.chassis.clock import SystemClock, local_date
from services.orders import contract
from services.orders.adapters.payments.wechatpay_signing import opened
from services.orders.settings import read_orders_settings
from services.orders.usecases.drive_orders import drive_orders
from services.orders.usecases.record_payment_notice import record_payment_notice
from services.orders.usecases.settle_refunds import settle_refunds
from services.orders.usecases.start_payment import get_cashier, start_payment
from tests.integration.orders.goods import PHONE
from tests.integration.orders.kit import Shop
from tests.integration.orders.sandboxes import Desk

# Its time to pay is over, and whatever was to be asked again later is to be asked now.
DUE = """
UPDATE orders SET due_at = past, pay_by = CASE WHEN pay_by > past THEN past ELSE pay_by END, plan = (
    SELECT jsonb_agg(CASE WHEN step ? 'due_at' THEN step || jsonb_build_object('due_at', past) ELSE step END)
    FROM jsonb_array_elements(plan) step
) FROM (SELECT now() - interval '1 second' AS past) moment WHERE order_id = %s
"""


class SandboxShop(Shop):
    """A shop with the real clock, since the providers have one, and with the providers' own addresses."""

    def __init__(self, engine, urls, callbacks, provider):
        super().__init__(engine, clock=SystemClock(), pays_with=provider)
        self.urls, self.desk, self.callbacks = urls, Desk(provider, urls[provider]), callbacks
        self.settings = read_orders_settings()

    @property
    def works(self):
        works = super().works
        works.settings = self.settings
        return works

    def start_payment(self, order, **changes):
        return start_payment(self.works, self.start_request(order, **changes))

    def arrive(self, order):
        """The buyer at the cashier: (payment id, the address of its button)."""
        payment_id = self.start_payment(order)["payment_id"]
        return payment_id, self.desk.arrive(self.cashier(payment_id))

    def cashier(self, payment_id):
        wanted = {"payment_id": payment_id, "return_url": None, "buyer_ip": "203.0.113.9"}
        return get_cashier(self.works, wanted)

    def elsewhere(self, provider):
        """The same mall for a buyer who pays with another provider."""
        other = copy(self)
        other.pays_with, other.desk = provider, Desk(provider, self.urls[provider])
        return other

    def order_paid_there(self):
        """An order whose buyer has paid, before the mall knows: (order, payment id)."""
        order = self.place((PHONE, 1))
        payment_id, button = self.arrive(order)
        assert self.desk.push(button).status_code == 302
        return order, payment_id

    @property
    def bill_day(self):
        """Today; UnionPay's is tomorrow from 23 h on."""
        hours = 1 if self.pays_with == "bank" else 0
        return local_date(self.clock.now() + timedelta(hours=hours))

    @contextmanager
    def bill_told(self, mode, **more):
        """Today's bill is told otherwise, and truly again afterwards."""
        address = f"{self.desk.url}/control/bills/{self.bill_day}"
        requests.post(address, json={"mode": mode, **more}, timeout=5).raise_for_status()
        try:
            yield
        finally:
            requests.post(address, json={"mode": "truth"}, timeout=5).raise_for_status()

    def bill_entries(self):
        return requests.get(f"{self.desk.url}/control/bills/{self.bill_day}", timeout=5).json()["lines"]

    def refund_of(self, payment_id):
        with self.engine.connect() as connection:
            return connection.exec_driver_sql("SELECT * FROM refund WHERE payment_id = %s", (payment_id,)).one()

    def letters(self, payment_id):
        """What came of this payment, oldest first."""
        return [letter for letter in list(self.callbacks.heard) if self.is_of(letter, payment_id)]

    def is_of(self, letter, payment_id):
        if letter["provider"] != self.pays_with:
            return False
        fields = letter.get("fields_received", {})
        if self.pays_with == "mobile":
            return self.opened(letter)["out_trade_no"] == self.desk.number_of(payment_id)
        own = {fields.get("out_trade_no"), fields.get("orderId"), fields.get("reqReserved")}
        return bool(own & {self.desk.number_of(payment_id), payment_id})

    def opened(self, letter):
        return json.loads(opened(json.loads(letter["body"])["resource"], self.settings.providers["mobile"].key))

    def take(self, letter):
        request = contract.RECORD_PAYMENT_NOTICE.load_request(letter)
        return record_payment_notice(self.works, request)["outcome"]

    def make_due(self, order):
        with self.engine.begin() as connection:
            connection.exec_driver_sql(DUE, (order["order_id"],))
            connection.exec_driver_sql("UPDATE refund SET due_at = now() WHERE status = 'open'")

    def run_jobs(self):
        while any([drive_orders(self.works, self.pays_with), settle_refunds(self.works, self.pays_with)]):
            pass
