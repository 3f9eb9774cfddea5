"""A shop whose partner that tops up is a program of its own, over real HTTP."""

import itertools

import requests

from services.chassis.clock import SystemClock
from services.orders import contract
from services.orders.adapters.provisioning.registry import Partners
from services.orders.settings import OrdersSettings
from services.orders.usecases.look_up_orders import get_order
from services.orders.usecases.put_provisioner import put_provisioner
from services.orders.usecases.record_provisioning_callback import SIGNED, record_provisioning_callback
from services.points import contract as points
from tests.integration.orders.goods import CREDIT, GAMES, TOPUP
from tests.integration.orders.kit import Shop
from tests.integration.orders.sandbox_shop import DUE
from tests.integration.orders.sandboxes import wait_for

SECRET_NAME, SECRET = "topup_webhook_secret", "whsec_dG9wLXVwcyBhcmUgc2lnbmVkIHdpdGggdGhpcyBvbmUh"
NUMBERS = itertools.count(13900000001)
TIMEOUTS_MS = itertools.count(700)  # another one is another client, whose breaker has seen nothing yet
NO_FAULTS = {
    **dict.fromkeys(("request", "find", "reversal"), "ok"),
    **{"answers": "at_once", "decisions": "on", "callbacks": "on", "refuse": [], "keep": False},
}


class TopupShop(Shop):
    """With the real clock, since signatures are fresh by it; each buys for a number of its own."""

    def __init__(self, engine, url, callbacks):
        super().__init__(engine, clock=SystemClock())
        self.url, self.callbacks, self.number = url, callbacks, str(next(NUMBERS))
        self.partners = Partners({SECRET_NAME: SECRET}, callbacks.url)
        self.switch(**NO_FAULTS)
        timeout_ms = next(TIMEOUTS_MS)
        for name in (TOPUP, GAMES):
            self.works.run(put_provisioner, self.partner_told(name, timeout_ms))

    @property
    def works(self):
        works = super().works
        works.settings = OrdersSettings(dict.fromkeys(contract.PROVIDERS, self.provider), self.partners)
        return works

    def partner_told(self, name, timeout_ms):
        return contract.PUT_PROVISIONER.load_request(
            {
                "request_id": "req",
                "provisioner": name,
                "adapter": "open_provision",
                "endpoint": self.url,
                "secret_name": SECRET_NAME,
                "timeout_ms": timeout_ms,
                "asks_for": "phone",
                "pattern": "1[3-9][0-9]{9}",
                "can_reverse": True,
                "name_zh": "充值",
                "name_en": "Top-up",
                "reason": "test",
            }
        )

    def switch(self, **switches):
        requests.post(f"{self.url}/control/faults", json=switches, timeout=5).raise_for_status()

    def paid(self, sku_id=CREDIT):
        """An order of it whose points are captured; its partners were not asked yet."""
        asked = self.request((sku_id, 1))
        order = self.place((sku_id, 1), lines=[{**asked["lines"][0], "provision_to": self.number}])
        if order["cash_fen"]:
            self.pay(order)
        self.hear_points(points.HOLD_CAPTURED, order, self.row_of(order).points)
        self.make_due(order)
        return order

    def bought(self, sku_id=CREDIT):
        order = self.paid(sku_id)
        self.run_jobs()
        return order

    def make_due(self, order):
        with self.engine.begin() as connection:
            connection.exec_driver_sql(DUE, (order["order_id"],))

    def ask_again(self, order):
        self.make_due(order)
        self.run_jobs()

    def states(self, order):
        seen = contract.GET_ORDER.dump_reply(self.works.run(get_order, self.of(order)))
        return sorted(one["state"] for one in seen["provisionings"])

    @property
    def books(self):
        """What the partner says that the number has, and which operations it knows of it."""
        return requests.get(f"{self.url}/control/accounts/{self.number}", timeout=5).json()

    @property
    def operation_id(self):
        return self.books["operations"][-1]["operation_id"]

    def call_back(self, mode):
        """The partner posts it once more; how the mall answers it."""
        before, told = len(self.letters()), {"operation_id": self.operation_id, "mode": mode}
        requests.post(f"{self.url}/control/callbacks", json=told, timeout=5).raise_for_status()
        return self.take(wait_for(lambda: self.letters()[before:])[0])

    def letters(self):
        """What the partner posted of its operations on this number, oldest first."""
        mine = [operation["operation_id"] for operation in self.books["operations"]]
        return [one for one in list(self.callbacks.heard) if any(name in one.get("body", "") for name in mine)]

    def take(self, letter):
        headers = {f"webhook_{name}": letter["headers_received"][f"webhook-{name}"] for name in SIGNED}
        request = {"provisioner": letter["provider"], **headers, "body": letter["body"]}
        return record_provisioning_callback(self.works, request)["outcome"]
