"""Routes of cases after the sale: of members, of merchants whose key says whose goods, of operations."""

from typing import Any

from services.chassis.contract import Call
from services.orders import contract as orders
from tests.unit.gateway.edge import COUNTER, LI_LEI, UUID
from tests.unit.gateway.route import MEMBER, STAFF, Route, key

ORDER, CASE = f"ord_{UUID}", f"cas_{UUID}"
NEW = {"kind": "return", "lines": [{"line_no": 1, "units": [1, 2]}], "reason": "faulty", "note": None}
OPENING = f"/v1/orders/{ORDER}/cases"
WAYBILL = {"carrier": "sf", "waybill_no": "SF1"}
NOTE = {"note": "it is faulty"}
BECAUSE = {"reason": "the photos show it"}
PIECE = {"line_no": 1, "unit_no": 2, "is_accepted": True, "to_stock": False}
VERDICTS = {**BECAUSE, "units": [PIECE], "place_id": None}
WANTED = {"kind": None, "status": "requested", "limit": 20}
OF_MERCHANT = {"merchant_id": COUNTER["merchant_id"]}


def mine(what: str, contract: Call, body: dict[str, Any] | None = None) -> Route:
    path = f"/v1/cases/{CASE}/{what}"
    expected = {**key("POST", path), "member_id": MEMBER, "case_id": CASE, **(body or {})}
    return Route("POST", f"/v1/cases/{{case_id}}/{what}", contract, expected, path, body)


def decided(area: str, what: str, contract: Call, body: dict[str, Any]) -> Route:
    """Names are told apart at one counter only, keys everywhere."""
    path, is_merchant = f"/v1/{area}/cases/{CASE}/{what}", area == "merchant"
    who = LI_LEI["key_id"] if is_merchant else "li.lei"
    expected = {**key("POST", path, who), "case_id": CASE, **body}
    expected |= OF_MERCHANT if is_merchant else {}
    rule = f"/v1/{area}/cases/{{case_id}}/{what}"
    return Route("POST", rule, contract, expected, path, body, actor=STAFF)


CANCELLED = {"lines": [{"line_no": 1, "units": [2]}], "reason": "too many"}


def cancelled(orders_path: str, who: str, said: dict[str, Any], actor: str) -> Route:
    path = f"{orders_path}/{ORDER}/piece-cancellations"
    expected = {**key("POST", path, who), "order_id": ORDER, **said, **CANCELLED}
    rule = f"{orders_path}/{{order_id}}/piece-cancellations"
    return Route("POST", rule, orders.CANCEL_PIECES, expected, path, CANCELLED, 201, actor=actor)


CASE_ROUTES = [
    cancelled("/v1/orders", MEMBER, {"member_id": MEMBER}, f"member:{MEMBER}"),
    cancelled("/v1/ops/orders", "li.lei", {"member_id": None}, STAFF),
    Route(
        "POST",
        "/v1/orders/{order_id}/cases",
        orders.OPEN_CASE,
        {**key("POST", OPENING), "member_id": MEMBER, "order_id": ORDER, **NEW},
        OPENING,
        NEW,
        201,
    ),
    Route("GET", "/v1/case-reasons", orders.LIST_CASE_REASONS, {}),
    Route(
        "GET",
        "/v1/cases",
        orders.LIST_CASES,
        {"member_id": MEMBER, "order_id": ORDER, "limit": 20},
        f"/v1/cases?order_id={ORDER}",
    ),
    Route("GET", "/v1/cases/{case_id}", orders.GET_CASE, {"member_id": MEMBER, "case_id": CASE}, f"/v1/cases/{CASE}"),
    mine("withdrawal", orders.WITHDRAW_CASE),
    mine("waybill", orders.SEND_GOODS_BACK, WAYBILL),
    mine("dispute", orders.DISPUTE_CASE, NOTE),
    Route(
        "GET",
        "/v1/merchant/cases",
        orders.FIND_CASES,
        {**WANTED, **OF_MERCHANT},
        "/v1/merchant/cases?status=requested",
        actor=STAFF,
    ),
    Route(
        "GET",
        "/v1/ops/cases",
        orders.FIND_CASES,
        {**WANTED, "merchant_id": None, "is_stuck": True},
        "/v1/ops/cases?status=requested&stuck=yes",
        actor=STAFF,
    ),
    *(
        decided(area, what, contract, body)
        for area in ("merchant", "ops")
        for what, contract, body in (
            ("approval", orders.APPROVE_CASE, BECAUSE),
            ("rejection", orders.REJECT_CASE, BECAUSE),
            ("receipt", orders.RECEIVE_GOODS, VERDICTS),
        )
    ),
    decided("ops", "moves", orders.MOVE_CASE, {**BECAUSE, "move": "ask"}),
    decided("ops", "dispute-decision", orders.DECIDE_DISPUTE, {**BECAUSE, "is_member_right": True}),
]
