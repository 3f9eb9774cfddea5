"""Routes of finance on providers' bills."""

from services.orders import contract as orders
from tests.unit.gateway.edge import UUID
from tests.unit.gateway.route import STAFF, Route, key

PAYMENTS = "/v1/ops/payments"
DIFFERENCE = f"dif_{UUID}"
EXPLANATION = f"{PAYMENTS}/differences/{DIFFERENCE}/explanation"

OPS_PAYMENT_ROUTES = [
    Route(
        "GET",
        f"{PAYMENTS}/bills",
        orders.LIST_BILLS,
        {"provider": "alipay", "limit": 50},
        path=f"{PAYMENTS}/bills?provider=alipay",
        actor=STAFF,
    ),
    Route(
        "GET",
        f"{PAYMENTS}/differences",
        orders.LIST_DIFFERENCES,
        {"provider": None, "state": "open", "what": None, "day": "2026-03-02", "limit": 10},
        path=f"{PAYMENTS}/differences?state=open&day=2026-03-02&limit=10",
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{PAYMENTS}/differences/{{difference_id}}/explanation",
        orders.EXPLAIN_DIFFERENCE,
        {**key("POST", EXPLANATION, "li.lei"), "difference_id": DIFFERENCE, "reason": "paid out by hand"},
        path=EXPLANATION,
        body={"reason": "paid out by hand"},
        actor=STAFF,
    ),
]
