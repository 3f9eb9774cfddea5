"""Orders of before there were plans get theirs from where they stand, and go on."""

from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.clock import FixedClock
from services.chassis.ids import derived_id
from services.logistics import contract as logistics
from services.orders.domain.tenders import tender_id_of
from services.points import contract as points
from tests.integration.orders.goods import RICE
from tests.integration.orders.kit import Shop, parcel_data
from tests.support.old_databases import database_from

# ruff: noqa: S608 — statements put together of constants of this file

ORDERS = {status: derived_id("ord", status) for status in ("awaiting_payment", "closing", "confirmed", "cancelling")}
MEMBER, MERCHANT = derived_id("mbr", "one"), derived_id("mer", "one")


def _rows(status: str, order_id: str) -> str:
    is_paid = status in ("confirmed", "cancelling")
    cash, reason = (0 if is_paid else 900), ("NULL" if status in ("confirmed", "awaiting_payment") else "'test'")
    tenders = f"('{tender_id_of(order_id, 'points')}', '{order_id}', 'points', NULL, 500)"
    if cash:
        tenders += f", ('{tender_id_of(order_id, 'cash')}', '{order_id}', 'cash', 'bank', {cash})"
    pay_by = "now() - interval '1 minute'" if cash else "NULL"
    due = "now()" if status != "confirmed" else "NULL"
    return f"""
    INSERT INTO orders (order_id, member_id, channel, language, status, payment_status, fulfilment_status, version,
                        points, cash_fen, placed_at, pay_by, confirmed_at, close_reason, due_at)
    VALUES ('{order_id}', '{MEMBER}', 'web', 'zh', '{status}', 'none', 'none', 1, 500, {cash}, now(), {pay_by},
            {"now()" if is_paid else "NULL"}, {reason}, {due});
    INSERT INTO order_line
    SELECT '{order_id}', line_no, sku_id, 'gds', '{MERCHANT}', 'prc', 'physical', '货', 'goods', 1, points, cash,
           ARRAY[points], ARRAY[cash],
           jsonb_build_array(jsonb_build_object('element_id', 'elm', 'delivery', delivery, 'quantity', 1))
    FROM (VALUES (1, '{RICE}', 'parcel', 500, {cash})) line (line_no, sku_id, delivery, points, cash);
    INSERT INTO tender VALUES {tenders};
    INSERT INTO tender_event (tender_id, op, outcome, amount, reference, recorded_at, actor)
    VALUES ('{tender_id_of(order_id, "points")}', 'hold', 'succeeded', 500, '{order_id}', now(), 'test');
    """


CODES_ONLY = _rows("confirmed", derived_id("ord", "codes")).replace("'parcel', 500", "'code', 500")


@pytest.fixture
def shop():
    rows = "".join(_rows(status, order_id) for status, order_id in ORDERS.items()) + CODES_ONLY
    with database_from("orders", "0004", rows) as engine:
        yield Shop(engine, FixedClock(datetime.now(UTC) + timedelta(minutes=1)), pays_with="bank", member_id=MEMBER)


def test_orders_go_on_from_where_they_stood(shop):
    orders = {status: {"order_id": order_id} for status, order_id in ORDERS.items()}
    shop.run_jobs()
    ended = {status: shop.status_of(order)[0] for status, order in orders.items()}
    assert ended == {
        "awaiting_payment": "closed",
        "closing": "closed",
        "confirmed": "confirmed",
        "cancelling": "cancelled",
    }
    order = orders["confirmed"]
    shop.hear_points(points.HOLD_CAPTURED, order, 500)
    delivered = parcel_data("1", "delivered", [1], shop.clock.now())
    shop.hear(logistics.SHIPMENT_DELIVERED, order, **delivered, signed_by=None)
    assert shop.receive(order)["status"] == "completed"
    codes = {step["step"] for step in shop.row_of({"order_id": derived_id("ord", "codes")}).plan}
    assert ("issue_codes" in codes, "carry" in codes, "receive" in codes) == (True, False, False)
