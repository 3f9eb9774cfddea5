"""Partners that hang, fail and tell things again, in any order, falsely."""

import os
import random
from collections.abc import Callable

import pytest
import requests

from deploy.demo.outside import CarrierDesk
from deploy.demo.redemptions import ADDRESS, order_body
from tests.faults.asked import NO_LAST_WORD
from tests.faults.chaos import FaultLog
from tests.faults.ordeal import Stage, undergo
from tests.support.mall import wait_until
from tests.support.partners import switched

ORDERS, PARCELS = 10, 12
ACCEPTED, NOT_GENUINE = 200, 401
SCANS = ("delivered", "out_for_delivery", "in_transit", "picked_up")


def orders_since(stage: Stage, count: int) -> int:
    return len(stage.history.accepted_orders()) - count


@pytest.mark.timeout(3_600)
def test_a_provider_that_hangs_stops_no_order_that_is_paid_in_points(
    stage: Stage, seed: int, tell: Callable[[str], None]
) -> None:
    buyer = stage.supplies.buyers[-1]
    calm = stage.history.shop(stage.supplies.url, buyer.token)
    calm.worth_retrying = frozenset()
    rng, body = random.Random(f"calm {seed}"), order_body(stage.supplies.shelf.common, address=ADDRESS)
    statuses: list[int] = []

    def hang(_: FaultLog) -> None:
        hanging = {"query": "hang", "close": "hang", "refund": "hang"}
        with switched(os.environ["MALL_ALIPAY_URL"], **hanging), stage.parts.poisoned("alipay", "stall"):
            statuses.extend(stage.history.ask(calm, rng, "/v1/orders", body).status for _ in range(ORDERS))

    verdict = undergo(stage, hang, seed)

    tell(verdict.report)
    assert statuses == [201] * ORDERS
    assert verdict.breaches == [], verdict.accusation


@pytest.mark.timeout(3_600)
def test_a_carrier_that_is_slow_and_fails_gets_every_parcel_in_the_end(
    stage: Stage, seed: int, tell: Callable[[str], None]
) -> None:
    def fail(log: FaultLog) -> None:
        for faults in ({"slow_s": 4}, {"fail_rate": 0.3}):
            count = len(stage.history.accepted_orders())
            with switched(os.environ["MALL_CARRIER_URL"], **faults):
                log.note(f"carrier {faults}")
                wait_until(lambda since=count: orders_since(stage, since) >= PARCELS, 400)

    verdict = undergo(stage, fail, seed)

    tell(verdict.report)
    assert verdict.breaches == [], verdict.accusation


@pytest.mark.timeout(3_600)
def test_what_a_carrier_says_again_in_any_order_or_falsely_changes_nothing(stage: Stage, seed: int) -> None:
    undergo(stage, lambda _: wait_until(lambda: orders_since(stage, 0) >= PARCELS, 400), seed)
    before = ends_of(stage)
    carrier, rng = CarrierDesk(os.environ["MALL_CARRIER_URL"]), random.Random(seed)
    waybills = requests.get(f"{os.environ['MALL_CARRIER_URL']}/control/waybills", timeout=60).json()["waybills"]
    delivered = [one["waybill_no"] for one in waybills if one["status"] == "delivered"][:PARCELS]
    again = [(waybill, scan) for waybill in delivered for scan in SCANS for _ in range(3)]

    said = [carrier.resend(*one)["status_code"] for one in rng.sample(again, len(again))]
    lied = [carrier.forge(waybill, "lost")["status_code"] for waybill in delivered]

    assert len(delivered) == PARCELS
    assert set(said) == {ACCEPTED}
    assert set(lied) == {NOT_GENUINE}
    verdict = undergo(stage, lambda _: None, seed + 1)
    assert {order: end for order, end in ends_of(stage).items() if order in before} == before
    assert verdict.breaches == [], verdict.accusation


def ends_of(stage: Stage) -> dict[str, tuple[str, ...]]:
    sql = "SELECT order_id, status, payment_status, fulfilment_status FROM orders WHERE status <> :passing"
    rows = stage.books.rows("orders", sql, passing=NO_LAST_WORD)
    return {row["order_id"]: (row["status"], row["payment_status"], row["fulfilment_status"]) for row in rows}
