"""Orders and payments of before there were purchases get one each, and go on."""

import pytest
import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.ids import derived_id
from services.orders.domain.tenders import tender_id_of
from services.orders.usecases.start_payment import start_payment
from tests.integration.orders.goods import PHONE
from tests.integration.orders.kit import NOON, Shop
from tests.integration.orders.provider_with_memory import notice_form
from tests.support.old_databases import database_from

# ruff: noqa: S608 — statements put together of constants of this file

MEMBER = derived_id("mbr", "one")
OPEN, CLOSED = derived_id("ord", "open"), derived_id("ord", "closed")
PAYMENTS = {OPEN: derived_id("pay", "open"), CLOSED: derived_id("pay", "closed")}
PLAN = (
    '[{"step": "take_cash", "after": [], "state": "doing"},'
    ' {"step": "confirm", "after": ["take_cash"], "state": "waiting"},'
    ' {"step": "carry", "after": ["confirm"], "state": "waiting"}]'
)


def _rows(order_id: str, status: str, payment_status: str, trade_no: str) -> str:
    cash = tender_id_of(order_id, "cash")
    due = "'2026-03-02T04:15:00Z'" if status == "awaiting_payment" else "NULL"
    return f"""
    INSERT INTO orders (order_id, member_id, channel, language, status, payment_status, fulfilment_status, version,
                        points, coins, cash_fen, placed_at, pay_by, close_reason, due_at, lane, variant, plan)
    VALUES ('{order_id}', '{MEMBER}', 'web', 'zh', '{status}', '{payment_status}', 'none', 1, 0, 0, 9900,
            '2026-03-02T04:00:00Z', '2026-03-02T04:15:00Z', 'test', {due}, 'alipay', '', '{PLAN}');
    INSERT INTO order_line
    VALUES ('{order_id}', 1, '{PHONE}', '{derived_id("gds", "1")}', '{derived_id("mer", "1")}', 'prc', 'physical',
            '货', 'goods', 1, 0, 9900, ARRAY[0], ARRAY[9900],
            '[{{"element_id": "{derived_id("elm", "1")}", "delivery": "parcel", "quantity": 1}}]', 0, ARRAY[0]);
    INSERT INTO tender VALUES ('{cash}', '{order_id}', 'cash', 'alipay', 9900);
    INSERT INTO payment VALUES ('{PAYMENTS[order_id]}', '{order_id}', '{cash}', 'alipay', 9900,
        '{"captured" if trade_no != "NULL" else "open"}', {trade_no}, '2026-03-02T04:00:00Z', '2026-03-02T04:15:00Z');
    """


CASH = tender_id_of(CLOSED, "cash")
REFUND = f"""
INSERT INTO tender_event (tender_id, op, outcome, amount, reference, recorded_at, actor) VALUES
    ('{CASH}', 'capture', 'succeeded', 9900, '{PAYMENTS[CLOSED]}', now(), 'test'),
    ('{CASH}', 'refund', 'requested', 9900, 'rfd_old', now(), 'test');
INSERT INTO refund VALUES
    ('rfd_old', '{PAYMENTS[CLOSED]}', 9900, 'late_payment', 'open', '2026-03-02T04:00:00Z', 0, NULL);
"""


@pytest.fixture
def shop():
    rows = _rows(OPEN, "awaiting_payment", "none", "NULL") + _rows(CLOSED, "closed", "paid", "'trade-1'") + REFUND
    with database_from("orders", "0008", rows) as engine:
        yield Shop(engine, FixedClock(NOON), member_id=MEMBER)


def test_each_order_is_a_purchase_of_its_own_and_its_payment_goes_on(shop):
    order = {"order_id": OPEN}
    assert shop.row_of(order).purchase_id == "pur_" + OPEN[4:]
    assert start_payment(shop.works, shop.start_request(order))["payment_id"] == PAYMENTS[OPEN]
    assert shop.notify(notice_form(PAYMENTS[OPEN], 9900)) == "applied"
    assert shop.status_of(order)[:2] == ("confirmed", "paid")
    assert shop.broken_invariants() == []


def test_a_refund_that_was_under_way_is_made_once(shop):
    shop.run_jobs()
    assert shop.provider.refunds == {"rfd_old": 9900}
    assert shop.status_of({"order_id": CLOSED})[:2] == ("closed", "refunded")
    with shop.engine.connect() as connection:
        share = sa.text("SELECT given_back_fen FROM payment_share WHERE order_id = :order_id")
        assert connection.execute(share, {"order_id": CLOSED}).scalar_one() == 9900
