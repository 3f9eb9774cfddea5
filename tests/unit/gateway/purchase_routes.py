"""Routes of purchases: baskets of several merchants."""

from services.orders import contract as orders
from tests.unit.gateway.edge import UUID, golden_request
from tests.unit.gateway.route import AUDIENCE, MEMBER, Route, key

PURCHASES, PURCHASE = "/v1/purchases", f"pur_{UUID}"
PAYMENTS = f"{PURCHASES}/{PURCHASE}/payments"
SAID = ("lines", "expected", "channel", "payment_provider", "delivery_address")
PLACED = golden_request(orders.PLACE_PURCHASE)
PLACED["lines"] = [{**line, "provision_to": "13911112222", "ticket_id": None} for line in PLACED["lines"]]
BY_WHOM = {"member_id": MEMBER, **AUDIENCE, "member_state": "active", "language": "zh"}

PURCHASE_ROUTES = [
    Route(
        "POST",
        PURCHASES,
        orders.PLACE_PURCHASE,
        {
            **key("POST", PURCHASES),
            **BY_WHOM,
            **{name: PLACED[name] for name in SAID},
            "from_cart": True,
            "pick_up_at": None,
        },
        body={name: PLACED[name] for name in SAID} | {"from_cart": True},
        status=201,
    ),
    Route(
        "GET",
        f"{PURCHASES}/{{purchase_id}}",
        orders.GET_PURCHASE,
        {"member_id": MEMBER, "purchase_id": PURCHASE},
        path=f"{PURCHASES}/{PURCHASE}",
    ),
    Route(
        "POST",
        f"{PURCHASES}/{{purchase_id}}/payments",
        orders.START_PAYMENT,
        {
            **key("POST", PAYMENTS),
            "member_id": MEMBER,
            "purchase_id": PURCHASE,
            "return_url": "https://mall.example/v1/payments/{payment_id}/return",
            "provider": "bank",
        },
        path=PAYMENTS,
        body={"provider": "bank"},
        status=201,
    ),
]
