"""Every route of the API: what a client sends, and the one request that must come of it."""

from services.catalog import contract as catalog
from services.logistics import contract as logistics
from services.members import contract as members
from services.notifications import contract as notifications
from services.orders import contract as orders
from services.points import contract as points
from tests.unit.gateway.cart_routes import CART_ROUTES
from tests.unit.gateway.case_routes import CASE_ROUTES
from tests.unit.gateway.counter_routes import COUNTER_ROUTES
from tests.unit.gateway.edge import UUID, golden_reply, golden_request
from tests.unit.gateway.merchant_routes import MERCHANT_ROUTES
from tests.unit.gateway.ops_order_routes import OPS_ORDER_ROUTES
from tests.unit.gateway.ops_payment_routes import OPS_PAYMENT_ROUTES
from tests.unit.gateway.purchase_routes import PURCHASE_ROUTES
from tests.unit.gateway.route import AUDIENCE, MEMBER, STAFF, Route, key
from tests.unit.gateway.stock_routes import STOCK_ROUTES

PAYMENT = f"pay_{UUID}"
ORDER, GOODS, MESSAGE, SESSION = f"ord_{UUID}", f"gds_{UUID}", f"msg_{UUID}", f"ses_{UUID[::-1]}"
LINES = [{"sku_id": f"sku_{UUID}", "quantity": 2, "price_id": f"prc_{UUID}", "provision_to": "13911112222"}]
ADDRESS = {
    "name": "李雷",
    "phone": "13800138000",
    "province": "广东省",
    "city": "深圳市",
    "district": "南山区",
    "street": "1",
}
SIGNATURE = {"webhook-id": "msg_1", "webhook-timestamp": "1763712000", "webhook-signature": "v1,abc="}


def own(order: str = ORDER) -> dict[str, str]:
    return {"member_id": MEMBER, "order_id": order}


EXCHANGE = {"from_unit": "PTS", "to_unit": "COIN", "get": 5, "expected_give": 500}
RUNS = "/v1/ops/bill-runs"
ADJUSTMENTS = "/v1/ops/adjustments"
LIMITS = "/v1/ops/purchase-limits"
LISTINGS, LISTING = "/v1/ops/listings", f"lst_{UUID}"
OF_LISTING = f"{LISTINGS}/{LISTING}"
NEW_GOODS = golden_request(catalog.DRAFT_LISTING)["goods"]
WINDOWS = f"/v1/ops/goods/{GOODS}/sale-windows"
TWO_A_DAY = {"subject": GOODS, "period": "day", "most": 2, "reason": "a launch"}
ADJUSTMENT, FREEZE = f"adj_{UUID}", f"frz_{UUID}"
OUTAGE = {"reason": "outage", "lines": [{"member_id": MEMBER, "points": 100}]}
CHANGES = "/v1/ops/rule-changes"
CHANGE = f"chg_{UUID}"
LESS = {"rule": "gift_limit", "says": {"largest": "2000"}, "effective_from": "2027-01-01", "reason": "resold"}
PAGE = {"limit": 20, "cursor": None}
UNSAID = dict.fromkeys(("payment_status", "fulfilment_status", "placed_from", "placed_before"))
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
    Route("GET", "/v1/me/credit", members.GET_CREDIT, {"member_id": MEMBER}),
    Route("GET", "/v1/points/balance", points.GET_BALANCE, {"member_id": MEMBER, "unit": "PTS"}),
    Route(
        "GET",
        "/v1/points/past-balance",
        points.GET_PAST_BALANCE,
        {"member_id": MEMBER, "unit": "COIN", "happened_by": "2026-10-31T15:59:59.000Z", "booked_by": None},
        path="/v1/points/past-balance?unit=COIN&happened_by=2026-10-31T23:59:59%2B08:00",
    ),
    Route(
        "GET",
        "/v1/points/statement/{line_id}",
        points.GET_EXPLANATION,
        {"member_id": MEMBER, "unit": "PTS", "line_id": "31"},
        path="/v1/points/statement/31",
    ),
    Route(
        "GET",
        "/v1/points/statement",
        points.LIST_STATEMENT,
        {"member_id": MEMBER, "unit": "PTS", "happened_by": None, "booked_by": None, "limit": 5, "cursor": "abc"},
        path="/v1/points/statement?limit=5&cursor=abc",
    ),
    Route(
        "GET",
        "/v1/points/exchange-quote",
        points.QUOTE_EXCHANGE,
        {"from_unit": "PTS", "to_unit": "COIN", "get": 5},
        path="/v1/points/exchange-quote?from_unit=PTS&to_unit=COIN&get=5",
    ),
    Route(
        "POST",
        "/v1/points/exchanges",
        points.EXCHANGE_POINTS,
        {**key("POST", "/v1/points/exchanges"), "member_id": MEMBER, **EXCHANGE},
        body=EXCHANGE,
        status=201,
    ),
    Route(
        "POST",
        "/v1/points/gifts",
        points.GIFT_POINTS,
        {
            **key("POST", "/v1/points/gifts"),
            "from_member": MEMBER,
            "to_member": golden_reply(members.FIND_MEMBER)["member"]["member_id"],
            "points": 100,
            "message": None,
        },
        body={"to_phone": PHONE, "points": 100},
        status=201,
    ),
    Route(
        "GET",
        "/v1/points/proof",
        points.GET_BALANCE_PROOF,
        {"member_id": MEMBER, "unit": "COIN"},
        path="/v1/points/proof?unit=COIN",
    ),
    Route(
        "GET",
        "/v1/ledger/checkpoints",
        points.LIST_CHECKPOINTS,
        {"unit": "PTS", **PAGE},
        open=True,
        actor="anonymous",
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
        "/v1/me/goods/{goods_id}",
        catalog.GET_GOODS,
        {"goods_id": GOODS, **AUDIENCE},
        path=f"/v1/me/goods/{GOODS}",
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
    Route(
        "POST",
        LISTINGS,
        catalog.DRAFT_LISTING,
        {**key("POST", LISTINGS, "li.lei"), "goods": catalog.NewGoods().load(NEW_GOODS), "listing_id": None}
        | {"explanation": None},
        body={"goods": NEW_GOODS},
        status=201,
        actor=STAFF,
    ),
    Route(
        "GET",
        LISTINGS,
        catalog.LIST_LISTINGS,
        {"state": "submitted", "limit": 20, "before": None},
        path=f"{LISTINGS}?state=submitted",
        actor=STAFF,
    ),
    Route(
        "GET",
        f"{LISTINGS}/{{listing_id}}",
        catalog.GET_LISTING,
        {"listing_id": LISTING},
        path=OF_LISTING,
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{LISTINGS}/{{listing_id}}/submission",
        catalog.SUBMIT_LISTING,
        {**key("POST", f"{OF_LISTING}/submission", "li.lei"), "listing_id": LISTING},
        path=f"{OF_LISTING}/submission",
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{LISTINGS}/{{listing_id}}/approval",
        catalog.APPROVE_LISTING,
        {**key("POST", f"{OF_LISTING}/approval", "li.lei"), "listing_id": LISTING, "accepts_values": False}
        | {"merits": ["novel", "quality"]},
        path=f"{OF_LISTING}/approval",
        body={"merits": ["novel", "quality"]},
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{LISTINGS}/{{listing_id}}/rejection",
        catalog.REJECT_LISTING,
        {**key("POST", f"{OF_LISTING}/rejection", "li.lei"), "listing_id": LISTING, "reason": "no picture"},
        path=f"{OF_LISTING}/rejection",
        body={"reason": "no picture"},
        actor=STAFF,
    ),
    Route(
        "POST",
        "/v1/ops/goods/{goods_id}/sale-windows",
        catalog.SCHEDULE_SALE,
        {**key("POST", WINDOWS, "li.lei"), "goods_id": GOODS, "begins_at": None, "ends_at": None, "reason": "back"},
        path=WINDOWS,
        body={"reason": "back"},
        status=201,
        actor=STAFF,
    ),
    Route(
        "GET",
        "/v1/ops/goods/{goods_id}/sale-windows",
        catalog.LIST_SALE_WINDOWS,
        {"goods_id": GOODS},
        path=WINDOWS,
        actor=STAFF,
    ),
    Route(
        "POST",
        "/v1/ops/goods/{goods_id}/sale-end",
        catalog.END_SALE,
        {**key("POST", f"/v1/ops/goods/{GOODS}/sale-end", "li.lei"), "goods_id": GOODS, "ends_at": None, "reason": "x"},
        path=f"/v1/ops/goods/{GOODS}/sale-end",
        body={"reason": "x"},
        actor=STAFF,
    ),
    Route(
        "POST",
        LIMITS,
        catalog.SET_LIMIT,
        {**key("POST", LIMITS, "li.lei"), **TWO_A_DAY, "window_from": None, "window_until": None}
        | {"effective_from": None},
        body=TWO_A_DAY,
        status=201,
        actor=STAFF,
    ),
    Route("GET", LIMITS, catalog.LIST_LIMITS, {"subject": GOODS}, path=f"{LIMITS}?subject={GOODS}", actor=STAFF),
    Route(
        "POST",
        "/v1/quotes",
        orders.QUOTE_ORDER,
        {"member_id": MEMBER, **AUDIENCE, "lines": LINES, "spared_first": ["points", "coins", "cash"]},
        body={"lines": LINES, "spared_first": ["points", "coins", "cash"]},
    ),
    Route(
        "POST",
        "/v1/orders",
        orders.PLACE_ORDER,
        {
            **key("POST", "/v1/orders"),
            "member_id": MEMBER,
            **AUDIENCE,
            "member_state": "active",
            "language": "zh",
            "channel": "wap",
            "lines": LINES,
            "expected": {"points": 10, "cash_fen": 990, "coins": 0},
            "payment_provider": "alipay",
            "delivery_address": ADDRESS,
            "from_cart": True,
            "pick_up_at": f"whs_{UUID}",
        },
        body={
            "from_cart": True,
            "lines": LINES,
            "expected": {"points": 10, "cash_fen": 990},
            "channel": "wap",
            "payment_provider": "alipay",
            "delivery_address": ADDRESS,
            "pick_up_at": f"whs_{UUID}",
        },
        status=201,
    ),
    Route(
        "GET",
        "/v1/orders",
        orders.LIST_ORDERS,
        {**PAGE, **UNSAID, "member_id": MEMBER, "status": "confirmed", "words": "耳机"},
        path="/v1/orders?status=confirmed&words=耳机",
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
            "return_url": "https://mall.example/v1/payments/{payment_id}/return",
            "provider": "mobile",
        },
        path=f"{OF_ORDER}/payments",
        body={"provider": "mobile"},
        status=201,
    ),
    Route(
        "GET",
        "/v1/payments/{payment_id}/cashier",
        orders.GET_CASHIER,
        {
            "payment_id": PAYMENT,
            "return_url": "https://mall.example/v1/payments/{payment_id}/return",
            "buyer_ip": "127.0.0.1",
        },
        path=f"/v1/payments/{PAYMENT}/cashier",
        open=True,
        actor="anonymous",
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
        "/callbacks/provisioning/{provisioner}",
        orders.RECORD_PROVISIONING_CALLBACK,
        {
            "provisioner": "topup",
            "webhook_id": "msg_1",
            "webhook_timestamp": "1763712000",
            "webhook_signature": "v1,abc=",
            "body": '{ "operation_id":"prv_1" }',
        },
        path="/callbacks/provisioning/topup",
        send={"data": b'{ "operation_id":"prv_1" }', "headers": SIGNATURE},
        open=True,
        actor="provisioner:topup",
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
    Route(
        "POST",
        RUNS,
        points.START_BILL_RUN,
        {**key("POST", RUNS, "li.lei"), "file": "GD-2026-10.csv.gz"},
        body={"file": "GD-2026-10.csv.gz"},
        status=202,
        actor=STAFF,
    ),
    Route(
        "GET",
        RUNS,
        points.LIST_BILL_RUNS,
        {"state": "posted", "limit": 5, "cursor": None},
        path=f"{RUNS}?state=posted&limit=5",
        actor=STAFF,
    ),
    Route(
        "GET",
        f"{RUNS}/{{run_id}}",
        points.GET_BILL_RUN,
        {"run_id": "GD-2026-10", "revision": 2},
        path=f"{RUNS}/GD-2026-10?revision=2",
        actor=STAFF,
    ),
    Route(
        "GET",
        f"{RUNS}/{{run_id}}/rejects",
        points.LIST_BILL_REJECTS,
        {"run_id": "GD-2026-10", "revision": None, **PAGE},
        path=f"{RUNS}/GD-2026-10/rejects",
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{RUNS}/{{run_id}}/resumption",
        points.RESUME_BILL_RUN,
        {**key("POST", f"{RUNS}/GD-2026-10/resumption", "li.lei"), "run_id": "GD-2026-10", "revision": None},
        path=f"{RUNS}/GD-2026-10/resumption",
        status=202,
        actor=STAFF,
    ),
    Route(
        "GET",
        "/v1/finance/liability/{month}",
        points.GET_LIABILITY_REPORT,
        {"month": "2026-10"},
        path="/v1/finance/liability/2026-10",
        actor=STAFF,
    ),
    Route(
        "POST",
        ADJUSTMENTS,
        points.REQUEST_ADJUSTMENT,
        {**key("POST", ADJUSTMENTS, "li.lei"), "unit": "PTS", **OUTAGE},
        body=OUTAGE,
        status=201,
        actor=STAFF,
    ),
    Route(
        "GET",
        ADJUSTMENTS,
        points.LIST_ADJUSTMENTS,
        {"state": "requested", "limit": 20, "before": None},
        path=f"{ADJUSTMENTS}?state=requested",
        actor=STAFF,
    ),
    Route(
        "GET",
        f"{ADJUSTMENTS}/{{adjustment_id}}",
        points.GET_ADJUSTMENT,
        {"adjustment_id": ADJUSTMENT},
        path=f"{ADJUSTMENTS}/{ADJUSTMENT}",
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{ADJUSTMENTS}/{{adjustment_id}}/approval",
        points.APPROVE_ADJUSTMENT,
        {**key("POST", f"{ADJUSTMENTS}/{ADJUSTMENT}/approval", "li.lei"), "adjustment_id": ADJUSTMENT},
        path=f"{ADJUSTMENTS}/{ADJUSTMENT}/approval",
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{ADJUSTMENTS}/{{adjustment_id}}/rejection",
        points.REJECT_ADJUSTMENT,
        {
            **key("POST", f"{ADJUSTMENTS}/{ADJUSTMENT}/rejection", "li.lei"),
            "adjustment_id": ADJUSTMENT,
            "reason": "paid already",
        },
        path=f"{ADJUSTMENTS}/{ADJUSTMENT}/rejection",
        body={"reason": "paid already"},
        actor=STAFF,
    ),
    Route("GET", "/v1/ops/rules", points.LIST_RULES, {}, actor=STAFF),
    Route(
        "GET",
        "/v1/ops/rules/{rule}",
        points.GET_RULE,
        {"rule": "gift_limit", "on": "2027-01-01"},
        path="/v1/ops/rules/gift_limit?on=2027-01-01",
        actor=STAFF,
    ),
    Route(
        "POST",
        CHANGES,
        points.REQUEST_RULE_CHANGE,
        {**key("POST", CHANGES, "li.lei"), **LESS},
        body=LESS,
        status=201,
        actor=STAFF,
    ),
    Route(
        "GET",
        CHANGES,
        points.LIST_RULE_CHANGES,
        {"state": "requested", "limit": 20, "before": None},
        path=f"{CHANGES}?state=requested",
        actor=STAFF,
    ),
    Route(
        "GET",
        f"{CHANGES}/{{change_id}}",
        points.GET_RULE_CHANGE,
        {"change_id": CHANGE},
        path=f"{CHANGES}/{CHANGE}",
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{CHANGES}/{{change_id}}/approval",
        points.APPROVE_RULE_CHANGE,
        {**key("POST", f"{CHANGES}/{CHANGE}/approval", "li.lei"), "change_id": CHANGE},
        path=f"{CHANGES}/{CHANGE}/approval",
        actor=STAFF,
    ),
    Route(
        "POST",
        f"{CHANGES}/{{change_id}}/rejection",
        points.REJECT_RULE_CHANGE,
        {**key("POST", f"{CHANGES}/{CHANGE}/rejection", "li.lei"), "change_id": CHANGE, "reason": "not this year"},
        path=f"{CHANGES}/{CHANGE}/rejection",
        body={"reason": "not this year"},
        actor=STAFF,
    ),
    Route(
        "GET",
        "/v1/ops/accounts/{member_id}",
        points.GET_ACCOUNT,
        {"member_id": MEMBER},
        path=f"/v1/ops/accounts/{MEMBER}",
        actor=STAFF,
    ),
    Route(
        "POST",
        "/v1/ops/accounts/{member_id}/freezes",
        points.FREEZE_ACCOUNT,
        {
            **key("POST", f"/v1/ops/accounts/{MEMBER}/freezes", "li.lei"),
            "member_id": MEMBER,
            "reason": "points moved from many SIMs into one",
        },
        path=f"/v1/ops/accounts/{MEMBER}/freezes",
        body={"reason": "points moved from many SIMs into one"},
        status=201,
        actor=STAFF,
    ),
    Route(
        "POST",
        "/v1/ops/freezes/{freeze_id}/lifting",
        points.UNFREEZE_ACCOUNT,
        {**key("POST", f"/v1/ops/freezes/{FREEZE}/lifting", "li.lei"), "freeze_id": FREEZE, "reason": "cleared"},
        path=f"/v1/ops/freezes/{FREEZE}/lifting",
        body={"reason": "cleared"},
        actor=STAFF,
    ),
    *CART_ROUTES,
    *STOCK_ROUTES,
    *CASE_ROUTES,
    *OPS_ORDER_ROUTES,
    *COUNTER_ROUTES,
    *OPS_PAYMENT_ROUTES,
    *PURCHASE_ROUTES,
    *MERCHANT_ROUTES,
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
