"""Routes of what merchants have: for the merchant of the key, and for finance."""

from services.orders import contract as orders
from tests.unit.gateway.edge import COUNTER, UUID
from tests.unit.gateway.route import STAFF, Route

OWN = {"merchant_id": COUNTER["merchant_id"]}
OTHERS = {"merchant_id": f"mer_{UUID}"}
OPS = f"/v1/ops/merchants/mer_{UUID}"
PAGE = {"kind": "debit", "before": 40, "limit": 20}
QUERY = "kind=debit&before=40"

MERCHANT_ROUTES = [
    Route("GET", "/v1/merchant/balance", orders.GET_MERCHANT_BALANCE, OWN, actor=STAFF),
    Route(
        "GET",
        "/v1/merchant/entries",
        orders.LIST_MERCHANT_ENTRIES,
        OWN | PAGE,
        path=f"/v1/merchant/entries?{QUERY}",
        actor=STAFF,
    ),
    Route(
        "GET",
        "/v1/ops/merchants/{merchant_id}/balance",
        orders.GET_MERCHANT_BALANCE,
        OTHERS,
        path=f"{OPS}/balance",
        actor=STAFF,
    ),
    Route(
        "GET",
        "/v1/ops/merchants/{merchant_id}/entries",
        orders.LIST_MERCHANT_ENTRIES,
        OTHERS | PAGE,
        path=f"{OPS}/entries?{QUERY}",
        actor=STAFF,
    ),
]
