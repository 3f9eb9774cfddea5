"""What operators type about bulk orders that wait for somebody to approve of them."""

import json
from datetime import UTC, datetime

import pytest

from services.chassis.clock import FixedClock
from services.chassis.testkit import database_of
from services.orders import contract
from services.orders.ops import main
from tests.integration.orders.goods import CUP, PAPER
from tests.integration.orders.kit import Shop

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    shop = Shop(engine, clock=FixedClock(datetime.now(UTC)))
    yield shop
    assert shop.broken_invariants() == []


@pytest.fixture
def operate(engine, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_ORDERS", engine.url.render_as_string(hide_password=False))

    def typed(*words):
        code = main([*words, "--json"])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else said.err

    return typed


def test_one_that_waits_is_found_and_approved_of(shop, operate):
    order = shop.place((PAPER, 200))
    _, found = operate("find", "--awaits", "approval", "--member", shop.member_id)
    assert [one["order_id"] for one in found["orders"]] == [order["order_id"]]
    code, told = operate("approve", order["order_id"], "--because", "within the budget")
    assert (code, told["status"], told["awaits"]) == (0, "awaiting_payment", "payment")
    assert datetime.fromisoformat(told["pay_by"]) > shop.clock.now()
    [event] = shop.events_of(order, contract.ORDER_APPROVED)
    assert event["data"]["order_id"] == order["order_id"]
    shop.pay(order)
    assert shop.status_of(order)[0] == "confirmed"


def test_one_of_points_alone_is_confirmed_with_the_approval(shop, operate):
    order = shop.place((CUP, 60))
    assert operate("approve", order["order_id"], "--because", "all right")[1]["status"] == "confirmed"


def test_one_is_refused_with_its_reason_and_not_approved_of_any_more(shop, operate):
    order = shop.place((PAPER, 200))
    _, told = operate("refuse", order["order_id"], "--because", "too much for them")
    assert told == {"order_id": order["order_id"], "status": "closed", "awaits": None, "pay_by": None}
    row = shop.row_of(order)
    assert (row.close_reason, row.closed_by[:4]) == (contract.NOT_APPROVED_REASON, "ops:")
    code, problem = operate("approve", order["order_id"], "--because", "after all")
    assert (code, contract.APPROVAL_NOT_AWAITED in problem) == (1, True)


def test_without_a_reason_or_of_an_order_that_there_is_not(shop, operate):
    order = shop.place((PAPER, 200))
    assert operate("approve", order["order_id"])[0] == 2
    code, problem = operate("refuse", "ord_" + "0" * 32, "--because", "wrong number")
    assert (code, contract.ORDER_UNKNOWN in problem) == (1, True)
    assert shop.row_of(order).approved_at is None
