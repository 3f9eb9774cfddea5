"""Every route of the API: what a client sends, and the one request that must come of it."""

from dataclasses import dataclass, field
from typing import Any

from services.catalog import contract as catalog
from services.chassis.contract import Call
from services.chassis.ids import derived_id
from services.logistics import contract as logistics
from services.members import contract as members
from services.notifications import contract as notifications
from services.orders import contract as orders
from services.points import contract as points
from tests.unit.gateway.edge import ME, UUID

MEMBER = ME["member_id"]
ORDER, GOODS, MESSAGE, SESSION = f"ord_{UUID}", f"gds_{UUID}", f"msg_{UUID}", f"ses_{UUID[::-1]}"
LINES = [{"sku_id": f"sku_{UUID}", "quantity": 2, "price_id": f"prc_{UUID}"}]
ADDRESS = {
    "name": "李雷",
    "phone": "13800138000",
    "province": "广东省",
    "city": "深圳市",
    "district": "南山区",
    "street": "1",
}
SIGNATURE = {"webhook-id": "msg_1", "webhook-timestamp": "1763712000", "webhook-signature": "v1,abc="}


@dataclass(frozen=True)
class Route:
    """``rule`` is the path in the OpenAPI document, ``path`` one address of it, ``expected`` the request sent."""

    method: str
    rule: str
    contract: Call
    expected: dict[str, Any]
    path: str = ""
    body: Any = None
    status: int = 200
    open: bool = False
    actor: str = f"member:{MEMBER}"
    send: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.path or self.rule

    @property
    def options(self) -> dict[str, Any]:
        return self.send if self.body is None else {"json": self.body}

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"


def key(method: str, path: str, subject: str = MEMBER) -> dict[str, str]:
    return {"request_id": derived_id("req", subject, method, path, "k1")}


def own(order: str = ORDER) -> dict[str, str]:
    return {"member_id": MEMBER, "order_id": order}


PAGE = {"limit": 20, "cursor": None}
PHONE = "13800138000"
OF_ORDER = f"/v1/orders/{ORDER}"

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
    Route("GET", "/v1/points/balance", points.GET_BALANCE, {"member_id": MEMBER}),
    Route(
        "GET",
        "/v1/points/statement",
        points.LIST_STATEMENT,
        {"member_id": MEMBER, "limit": 5, "cursor": "abc"},
        path="/v1/points/statement?limit=5&cursor=abc",
    ),
    Route("GET", "/v1/categories", catalog.LIST_CATEGORIES, {}, open=True, actor="anonymous"),
    Route(
        "GET",
        "/v1/goods",
        catalog.LIST_GOODS,
        {**PAGE, "category": None, "merchant_id": None, "words": "耳机", "sort": "points_low"},
        path="/v1/goods?words=%E8%80%B3%E6%9C%BA&sort=points_low",
        open=True,
        actor="anonymous",
    ),
    Route(
        "GET",
        "/v1/goods/{goods_id}",
        catalog.GET_GOODS,
        {"goods_id": GOODS},
        path=f"/v1/goods/{GOODS}",
        open=True,
        actor="anonymous",
    ),
    Route(
        "GET",
        "/v1/goods/{goods_id}/picture",
        catalog.GET_PICTURE,
        {"goods_id": GOODS},
        path=f"/v1/goods/{GOODS}/picture",
        open=True,
        actor="anonymous",
    ),
    Route("POST", "/v1/quotes", orders.QUOTE_ORDER, {"member_tier": "gold", "lines": LINES}, body={"lines": LINES}),
    Route(
        "POST",
        "/v1/orders",
        orders.PLACE_ORDER,
        {
            **key("POST", "/v1/orders"),
            "member_id": MEMBER,
            "member_tier": "gold",
            "member_state": "active",
            "language": "zh",
            "channel": "wap",
            "lines": LINES,
            "expected": {"points": 10, "cash_fen": 990},
            "payment_provider": "alipay",
            "delivery_address": ADDRESS,
        },
        body={
            "lines": LINES,
            "expected": {"points": 10, "cash_fen": 990},
            "channel": "wap",
            "payment_provider": "alipay",
            "delivery_address": ADDRESS,
        },
        status=201,
    ),
    Route(
        "GET",
        "/v1/orders",
        orders.LIST_ORDERS,
        {**PAGE, "member_id": MEMBER, "status": "confirmed"},
        path="/v1/orders?status=confirmed",
    ),
    Route("GET", "/v1/orders/{order_id}", orders.GET_ORDER, own(), path=OF_ORDER),
    Route("GET", "/v1/orders/{order_id}/timeline", orders.GET_TIMELINE, own(), path=f"{OF_ORDER}/timeline"),
    Route(
        "POST",
        "/v1/orders/{order_id}/cancellation",
        orders.CANCEL_ORDER,
        {**key("POST", f"{OF_ORDER}/cancellation"), **own(), "reason": "changed_my_mind"},
        path=f"{OF_ORDER}/cancellation",
        body={"reason": "changed_my_mind"},
    ),
    Route(
        "POST",
        "/v1/orders/{order_id}/receipt",
        orders.CONFIRM_RECEIPT,
        {**key("POST", f"{OF_ORDER}/receipt"), **own()},
        path=f"{OF_ORDER}/receipt",
    ),
    Route(
        "POST",
        "/v1/orders/{order_id}/payments",
        orders.START_PAYMENT,
        {
            **key("POST", f"{OF_ORDER}/payments"),
            **own(),
            "return_url": "https://mall.example/v1/payments/return",
        },
        path=f"{OF_ORDER}/payments",
        status=201,
    ),
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
    Route(
        "POST",
        "/callbacks/payments/{provider}",
        orders.RECORD_PAYMENT_NOTICE,
        {"provider": "alipay", "fields_received": {"subject": "积分 商城", "total_amount": "9.90", "sign": "a+b/c=="}},
        path="/callbacks/payments/alipay",
        send={"data": {"subject": "积分 商城", "total_amount": "9.90", "sign": "a+b/c=="}},
        open=True,
        actor="provider:alipay",
    ),
]
WITHOUT_A_CALL = {"GET /v1/payments/return", "GET /healthz", "GET /readyz"}
SIGNED_IN = [route for route in ROUTES if not route.open]
WRITES = [route for route in ROUTES if "request_id" in route.expected]
WITH_BODY = [route for route in ROUTES if route.body is not None]


def named(route: Route) -> str:
    return route.name
