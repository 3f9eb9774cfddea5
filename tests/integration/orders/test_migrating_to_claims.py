"""Cash that carriers collected before what they owe was kept: they owe it, and it can be paid over."""

from services.chassis.clock import FixedClock
from services.chassis.ids import derived_id, new_id
from services.chassis.testkit import works_on
from services.orders import contract
from services.orders.usecases.remittances.look_at_remittances import list_remittances
from services.orders.usecases.remittances.record_remittance import record_remittance
from tests.integration.orders.kit import NOON
from tests.support.old_databases import database_from

# ruff: noqa: S608 — statements put together of constants of this file

ORDER, SHIPMENT, PAYMENT = derived_id("ord", "1"), derived_id("shp", "1"), derived_id("pay", "1")
ROWS = f"""
INSERT INTO orders (order_id, purchase_id, member_id, channel, language, status, payment_status, fulfilment_status,
                    version, points, coins, cash_fen, placed_at, lane, variant, plan)
VALUES ('{ORDER}', 'pur_{ORDER[4:]}', '{derived_id("mbr", "1")}', 'web', 'zh', 'completed', 'paid', 'delivered', 1,
        0, 0, 9900, '2026-03-01T04:00:00Z', '', 'on_delivery', '[]');
INSERT INTO parcel (shipment_id, order_id, carrier, carrier_name_zh, carrier_name_en, waybill_no, line_nos, status,
                    occurred_at)
VALUES ('{SHIPMENT}', '{ORDER}', 'sf', '顺丰', 'SF', 'SF1', ARRAY[1], 'delivered', '2026-03-01T09:00:00Z');
INSERT INTO payment (payment_id, purchase_id, provider, amount_fen, status, provider_trade_no, number, started_at,
                     expires_at)
VALUES ('{PAYMENT}', 'pur_{ORDER[4:]}', 'on_delivery', 9900, 'captured', '{SHIPMENT}', '{PAYMENT}',
        '2026-03-01T09:00:00Z', '2026-03-01T09:00:00Z');
"""
REMITTANCE = {
    "request_id": new_id("req"),
    "carrier": "sf",
    "number": "1",
    "paid_on": "2026-03-02",
    "reference": "17",
    "total_fen": 9900,
    "parcels": [{"waybill_no": "SF1", "amount_fen": 9900}],
}


def test_what_was_collected_before_is_owed_and_can_be_paid_over():
    with database_from("orders", "0023", ROWS) as engine:
        works = works_on(engine, FixedClock(NOON))
        owed = works.run(list_remittances, {"carrier": None, "limit": 1})["owed"]
        assert [dict(row) for row in owed] == [{"carrier": "sf", "owed_fen": 9900, "due_fen": 0}]
        recorded = works.run(record_remittance, contract.RECORD_REMITTANCE.load_request(REMITTANCE))
        assert recorded["differences"] == 0
        assert works.run(list_remittances, {"carrier": None, "limit": 1})["owed"] == []
