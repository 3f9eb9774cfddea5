"""What operators see."""

import json

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.testkit import database_of
from services.logistics import contract as logistics
from services.orders.ops import main
from services.orders.usecases.check_invariants import check_invariants
from services.points import contract as points
from tests.integration.orders.goods import PHONE, RICE
from tests.integration.orders.kit import NOON, Shop, parcel_data

engine = database_of("orders")


@pytest.fixture
def shop(engine, monkeypatch):
    monkeypatch.setenv("MALL_DATABASE_URL_ORDERS", engine.url.render_as_string(hide_password=False))
    return Shop(engine)


def audit(capsys):
    code = main(["check", "--json"])
    return code, {result["name"]: result for result in json.loads(capsys.readouterr().out)}


def test_audit_of_a_healthy_shop(shop, capsys):
    order = shop.place((PHONE, 1))
    shop.pay(order)
    shop.hear_points(points.HOLD_CAPTURED, order, 500)
    shop.hear(logistics.SHIPMENT_DELIVERED, order, **parcel_data("1", "delivered", [1], NOON), signed_by=None)
    shop.receive(order)
    assert shop.broken_invariants() == []  # the merchant has its credit
    code, results = audit(capsys)
    assert code == 0
    assert all(result["ok"] for result in results.values())
    assert main(["check"]) == 0
    assert "✓ tenders_sum_to_total\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("harm", "broken"),
    [
        ("UPDATE orders SET points = points + 1", {"tenders_sum_to_total", "lines_sum_to_total"}),
        ("UPDATE order_line SET unit_points[1] = unit_points[1] + 1", {"units_sum_to_line"}),
        ("UPDATE orders SET payment_status = 'refunded'", {"stored_statuses_are_as_folded"}),
        ("UPDATE orders SET status = 'completed'", {"completed_orders_are_delivered"}),
        (
            "INSERT INTO tender_event (tender_id, op, outcome, amount, reference, recorded_at, actor)"
            " SELECT tender_id, 'refund', 'succeeded', due, 'theft', now(), 'test' FROM tender"
            " JOIN orders USING (order_id)",
            {"refunded_within_captured_within_due", "stored_statuses_are_as_folded"},
        ),
        (
            "UPDATE orders SET status = 'closed', close_reason = 'test'",
            {"dead_orders_are_given_back_or_being_given_back", "merchants_have_what_was_paid_less_what_went_back"},
        ),
        ("UPDATE payment_share SET amount_fen = amount_fen + 1", {"payments_are_shared_out"}),
        ("UPDATE payment_share SET given_back_fen = 1", {"shares_went_back_as_refunds_say"}),
    ],
)
def test_audit_finds_what_is_not_true(shop, capsys, harm, broken):
    order = shop.place((RICE, 1))
    if "closed" in harm or "payment_share" in harm:
        order = shop.place((PHONE, 1))
        shop.pay(order)
    with shop.engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(sa.text(f"{harm} WHERE order_id = :order_id"), order)
        with shop.works.begin() as work:
            work.connection = connection
            results = check_invariants(work)
        transaction.rollback()
    assert {result["name"] for result in results if not result["ok"]} == broken
    assert all(result["found"] == [order["order_id"]] for result in results if not result["ok"])


def test_history_cannot_be_rewritten(shop):
    order = shop.place((RICE, 1))
    for statement in ("DELETE FROM order_fact", "UPDATE tender_event SET amount = 1", "TRUNCATE order_fact"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), shop.engine.begin() as connection:
            connection.execute(sa.text(statement))
    assert shop.facts_of(order) == ["order.placed", "order.confirmed"]


def test_whole_order(shop, capsys):
    order = shop.place((PHONE, 1))
    form = shop.pay(order)
    assert main(["show", order["order_id"], "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert [fact["what"] for fact in whole["timeline"]] == ["order.placed", "payment.captured", "order.confirmed"]
    assert [(t["kind"], t["captured"]) for t in whole["tenders"]] == [("points", 0), ("cash", 9900)]
    assert whole["notices"][0]["form"] == form
    assert [(line["line_no"], line["quantity"]) for line in whole["order"]["lines"]] == [(1, 1)]
    assert main(["show", order["order_id"]]) == 0
    assert "cash capture succeeded 9900" in capsys.readouterr().out


def test_wrong_use(shop, capsys, monkeypatch):
    assert main(["show", new_id("ord")]) == 1
    assert "order.unknown" in capsys.readouterr().err
    monkeypatch.delenv("MALL_DATABASE_URL_ORDERS")
    monkeypatch.delenv("MALL_DATABASE_URL", raising=False)
    assert main(["check"]) == 2
