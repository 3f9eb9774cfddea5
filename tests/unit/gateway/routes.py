"""Every route of the API: what a client sends, and the one request that must come of it."""

from services.logistics import contract as logistics
from services.members import contract as members
from services.notifications import contract as notifications
from tests.unit.gateway.cart_routes import CART_ROUTES
from tests.unit.gateway.case_routes import CASE_ROUTES
from tests.unit.gateway.counter_routes import COUNTER_ROUTES
from tests.unit.gateway.flash_routes import FLASH_ROUTES
from tests.unit.gateway.goods_routes import GOODS_ROUTES
from tests.unit.gateway.merchant_routes import MERCHANT_ROUTES
from tests.unit.gateway.ops_order_routes import OPS_ORDER_ROUTES
from tests.unit.gateway.ops_payment_routes import OPS_PAYMENT_ROUTES
from tests.unit.gateway.ops_remittance_routes import OPS_REMITTANCE_ROUTES
from tests.unit.gateway.order_routes import ORDER_ROUTES
from tests.unit.gateway.points_routes import POINTS_ROUTES
from tests.unit.gateway.purchase_routes import PURCHASE_ROUTES
from tests.unit.gateway.route import MEMBER, MESSAGE, PAGE, PHONE, SESSION, SIGNATURE, Route, key
from tests.unit.gateway.stock_routes import STOCK_ROUTES

ROUTES = [
    Route(
        "POST",
        "/v1/sign-in-codes",
        members.SEND_SIGN_IN_CODE,
        {**key("POST", "/v1/sign-in-codes", PHONE), "phone": PHONE, "language": "zh"},
        body={"phone": PHONE},
        status=201,
        open=True,
        actor="anonymous",
    ),
    Route(
        "POST",
        "/v1/sessions",
        members.SIGN_IN,
        {**key("POST", "/v1/sessions", PHONE), "phone": PHONE, "code": "123456", "channel": "web", "device": "unknown"},
        body={"phone": PHONE, "code": "123456"},
        status=201,
        open=True,
        actor="anonymous",
    ),
    Route("GET", "/v1/sessions", members.LIST_SESSIONS, {"member_id": MEMBER}),
    Route(
        "DELETE",
        "/v1/sessions/{session_id}",
        members.REVOKE_SESSION,
        {**key("DELETE", f"/v1/sessions/{SESSION}"), "member_id": MEMBER, "session_id": SESSION},
        path=f"/v1/sessions/{SESSION}",
    ),
    Route("GET", "/v1/me", members.GET_MEMBER, {"member_id": MEMBER}),
    Route(
        "PATCH",
        "/v1/me",
        members.UPDATE_PROFILE,
        {**key("PATCH", "/v1/me"), "member_id": MEMBER, "name": "李雷", "email": None, "language": None},
        body={"name": "李雷"},
    ),
    Route("GET", "/v1/me/credit", members.GET_CREDIT, {"member_id": MEMBER}),
    Route("GET", "/v1/messages", notifications.LIST_INBOX, {"member_id": MEMBER, **PAGE}),
    Route(
        "PUT",
        "/v1/messages/{message_id}/read-mark",
        notifications.MARK_READ,
        {**key("PUT", f"/v1/messages/{MESSAGE}/read-mark"), "member_id": MEMBER, "message_id": MESSAGE},
        path=f"/v1/messages/{MESSAGE}/read-mark",
    ),
    Route(
        "POST",
        "/callbacks/carriers/{carrier}",
        logistics.RECORD_CARRIER_CALLBACK,
        {
            "carrier": "sf",
            "webhook_id": "msg_1",
            "webhook_timestamp": "1763712000",
            "webhook_signature": "v1,abc=",
            "body": '{ "status":"签收",\n"a":1e0 }',
        },
        path="/callbacks/carriers/sf",
        send={"data": '{ "status":"签收",\n"a":1e0 }'.encode(), "headers": SIGNATURE},
        open=True,
        actor="carrier:sf",
    ),
    *CART_ROUTES,
    *CASE_ROUTES,
    *COUNTER_ROUTES,
    *GOODS_ROUTES,
    *FLASH_ROUTES,
    *MERCHANT_ROUTES,
    *OPS_ORDER_ROUTES,
    *OPS_PAYMENT_ROUTES,
    *OPS_REMITTANCE_ROUTES,
    *ORDER_ROUTES,
    *POINTS_ROUTES,
    *PURCHASE_ROUTES,
    *STOCK_ROUTES,
]
WITHOUT_A_CALL = {"GET /healthz", "GET /readyz"}
# The page for a buyer who comes back: it is there whatever the services say.
ALWAYS_A_PAGE = {f"{method} /v1/payments/{{payment_id}}/return" for method in ("GET", "POST")}
SIGNED_IN = [route for route in ROUTES if not route.open]
WRITES = [route for route in ROUTES if "request_id" in route.expected]
WITH_BODY = [route for route in ROUTES if route.body is not None]
MAY_BE_LEFT_OUT = {"POST /v1/orders/{order_id}/payments", "POST /v1/purchases/{purchase_id}/payments"}


def named(route: Route) -> str:
    return route.name
