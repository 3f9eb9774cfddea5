"""Routes of operations on orders."""

from services.chassis.contract import Call
from services.orders import contract as orders
from tests.unit.gateway.edge import UUID
from tests.unit.gateway.route import STAFF, Route, key

ORDERS = "/v1/ops/orders"
ORDER = f"ord_{UUID}"
SOUGHT = {
    "member_id": None,
    "merchant_id": None,
    "sku_id": None,
    "waybill_no": None,
    "trade_no": None,
    "status": None,
    "payment_status": None,
    "fulfilment_status": None,
    "placed_from": None,
    "placed_before": None,
    "is_stuck": None,
    "awaits": None,
    "limit": 20,
    "cursor": None,
}
ASKED = {"move": "ask", "step": None, "reason": "points is back"}
TOLD = {"reason": "logistics lost its queue"}

DECIDED = {"reason": "the budget covers it"}


def decision(what: str, contract: Call) -> Route:
    path = f"{ORDERS}/{ORDER}/{what}"
    expected = {**key("POST", path, "li.lei"), "order_id": ORDER, **DECIDED}
    return Route("POST", f"{ORDERS}/{{order_id}}/{what}", contract, expected, path, DECIDED, actor=STAFF)


OPS_ORDER_ROUTES = [
    decision("approval", orders.APPROVE_ORDER),
    decision("refusal", orders.REFUSE_ORDER),
    Route(
        "GET",
        ORDERS,
        orders.FIND_ORDERS,
        {**SOUGHT, "waybill_no": "SF1", "placed_from": "2026-03-01T00:00:00.000Z", "is_stuck": True},
        path=f"{ORDERS}?waybill_no=SF1&placed_from=2026-03-01T08:00:00%2B08:00&stuck=yes",
        actor=STAFF,
    ),
    Route(
        "GET",
        f"{ORDERS}/{{order_id}}",
        orders.GET_ORDER_RECORD,
        {"order_id": ORDER},
        path=f"{ORDERS}/{ORDER}",
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{ORDERS}/{{order_id}}/moves",
        orders.MOVE_ORDER,
        {**key("POST", f"{ORDERS}/{ORDER}/moves", "li.lei"), "order_id": ORDER, **ASKED},
        path=f"{ORDERS}/{ORDER}/moves",
        body={"move": "ask", "reason": "points is back"},
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{ORDERS}/{{order_id}}/replay",
        orders.REPLAY_ORDER,
        {**key("POST", f"{ORDERS}/{ORDER}/replay", "li.lei"), "order_id": ORDER, **TOLD},
        path=f"{ORDERS}/{ORDER}/replay",
        body=TOLD,
        actor=STAFF,
    ),
]
