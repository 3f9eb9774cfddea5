"""What finance types: bills, what differs from them, what merchants have."""

import json

import pytest

from services.chassis.ids import derived_id
from services.chassis.testkit import database_of
from services.orders.domain.bill import TRADE, BillLine
from services.orders.ops import main
from services.orders.usecases.reconcile import reconcile
from tests.integration.orders.goods import RICE
from tests.integration.orders.kit import NOON, Shop

engine = database_of("orders")
MERCHANT = derived_id("mer", "one")


@pytest.fixture
def shop(engine, monkeypatch):
    monkeypatch.setenv("MALL_DATABASE_URL_ORDERS", engine.url.render_as_string(hide_password=False))
    return Shop(engine)


def said(capsys, *argv):
    code = main([*argv, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_difference_is_seen_and_explained_with_a_reason(shop, capsys):
    shop.provider.bills[NOON.date()] = [BillLine(TRADE, "stranger", "their-1", 4200, 25, NOON)]
    shop.clock.advance(days=1)
    reconcile(shop.works, "alipay")
    code, found = said(capsys, "payments", "bills", "--provider", "alipay", "--limit", "1")
    assert (code, found["bills"][0]["paid_fen"]) == (0, 4200)
    code, found = said(capsys, "payments", "differences", "--provider", "alipay")
    [difference] = found["differences"]
    assert (code, difference["number"], found["suspense_fen"]) == (1, "stranger", 4200)
    code, closed = said(capsys, "payments", "explain", difference["difference_id"], "--because", "of another shop")
    assert (code, closed["state"], closed["note"]) == (0, "explained", "of another shop")
    assert closed["closed_by"].startswith("ops:")
    assert main(["payments", "differences"]) == 0
    assert "none" in capsys.readouterr().out
    assert main(["payments", "explain", difference["difference_id"], "--because", "again"]) == 1


def test_terms_are_changed_with_a_reason_and_what_is_not_said_stays(shop, capsys):
    code, terms = said(capsys, "payments", "set-terms", "bank", "--tolerance-fen", "2", "--because", "roundings")
    assert (code, terms["tolerance_fen"], terms["ready_at_minute"], terms["reason"]) == (0, 2, 600, "roundings")
    code, [terms] = said(capsys, "merchant", "set-terms", "3", "--merchant", MERCHANT, "--because", "trusted")
    assert (code, terms["days_after_delivery"], terms["merchant_id"]) == (0, 3, MERCHANT)


def test_what_a_merchant_has_and_why(shop, capsys):
    order = shop.place((RICE, 2))
    code, [balance] = said(capsys, "merchant", "balance", MERCHANT)
    assert (code, balance["kept_back"]["points"], balance["balance"]["points"]) == (0, 600, 0)
    code, [entry] = said(capsys, "merchant", "entries", MERCHANT)
    assert (entry["order_id"], entry["kind"], entry["points"]) == (order["order_id"], "sale", 600)
