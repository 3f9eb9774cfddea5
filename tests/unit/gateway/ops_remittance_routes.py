"""Routes of finance on what carriers pay over, and on what is paid out again."""

from typing import Any

from services.chassis.contract import Call
from services.orders import contract as orders
from tests.unit.gateway.edge import UUID
from tests.unit.gateway.route import STAFF, Route, key

REMITTANCES, PAYOUTS = "/v1/ops/remittances", "/v1/ops/payouts"
DIFFERENCE, REFUND = f"dif_{UUID}", f"rfd_{UUID}"
CONFIRMATION = f"{PAYOUTS}/{REFUND}/confirmation"
BECAUSE = {"reason": "seen the report"}
PAID = {"reference": "2026120100018", "reason": "the goods came back"}
CONTENTS = {
    "carrier": "sf",
    "number": "SF-COD-20261201",
    "paid_on": "2026-12-01",
    "reference": "2026120100017",
    "total_fen": 9900,
    "parcels": [{"waybill_no": "SF1029384756", "amount_fen": 9900}],
}


def decided(what: str, contract: Call, **more: Any) -> Route:
    path = f"{REMITTANCES}/differences/{DIFFERENCE}/{what}"
    expected = {**key("POST", path, "li.lei"), "difference_id": DIFFERENCE, **BECAUSE, **more}
    rule = f"{REMITTANCES}/differences/{{difference_id}}/{what}"
    return Route("POST", rule, contract, expected, path=path, body=BECAUSE, actor=STAFF)


OPS_REMITTANCE_ROUTES = [
    Route(
        "POST",
        REMITTANCES,
        orders.RECORD_REMITTANCE,
        {**key("POST", REMITTANCES, "li.lei"), **CONTENTS},
        body=CONTENTS,
        status=201,
        actor=STAFF,
    ),
    Route(
        "GET",
        REMITTANCES,
        orders.LIST_REMITTANCES,
        {"carrier": "sf", "limit": 50},
        path=f"{REMITTANCES}?carrier=sf",
        actor=STAFF,
    ),
    Route(
        "GET",
        f"{REMITTANCES}/differences",
        orders.LIST_REMITTANCE_DIFFERENCES,
        {"carrier": None, "state": "open", "what": None, "limit": 10},
        path=f"{REMITTANCES}/differences?state=open&limit=10",
        actor=STAFF,
    ),
    decided("explanation", orders.EXPLAIN_REMITTANCE_DIFFERENCE),
    decided("write-off", orders.ASK_WRITE_OFF),
    decided("write-off/approval", orders.DECIDE_WRITE_OFF, is_approved=True),
    decided("write-off/rejection", orders.DECIDE_WRITE_OFF, is_approved=False),
    Route("GET", PAYOUTS, orders.LIST_PAYOUTS, {"limit": 10}, path=f"{PAYOUTS}?limit=10", actor=STAFF),
    Route(
        "GET",
        f"{PAYOUTS}/{{refund_id}}",
        orders.GET_PAYOUT,
        {"refund_id": REFUND},
        path=f"{PAYOUTS}/{REFUND}",
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{PAYOUTS}/{{refund_id}}/confirmation",
        orders.CONFIRM_PAYOUT,
        {**key("POST", CONFIRMATION, "li.lei"), "refund_id": REFUND, **PAID},
        path=CONFIRMATION,
        body=PAID,
        actor=STAFF,
    ),
]
