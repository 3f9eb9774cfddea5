"""Routes of members' orders and their payments."""

from services.orders import contract as orders
from tests.unit.gateway.edge import UUID
from tests.unit.gateway.route import AUDIENCE, MEMBER, ORDER, PAGE, SIGNATURE, Route, key

PAYMENT = f"pay_{UUID}"
LINE = {"sku_id": f"sku_{UUID}", "quantity": 2, "price_id": f"prc_{UUID}", "provision_to": "13911112222"}
IN_A_FLASH = {**LINE, "quantity": 1, "provision_to": None, "ticket_id": f"tkt_{UUID}"}
LINES = [{**LINE, "ticket_id": None}, IN_A_FLASH]
ADDRESS = {
    "name": "李雷",
    "phone": "13800138000",
    "province": "广东省",
    "city": "深圳市",
    "district": "南山区",
    "street": "1",
}
UNSAID = dict.fromkeys(("payment_status", "fulfilment_status", "placed_from", "placed_before"))
OF_ORDER = f"/v1/orders/{ORDER}"

SPARED = ["points", "coins", "cash"]


def own(order: str = ORDER) -> dict[str, str]:
    return {"member_id": MEMBER, "order_id": order}


ORDER_ROUTES = [
    Route(
        "POST",
        "/v1/quotes",
        orders.QUOTE_ORDER,
        {
            "member_id": MEMBER,
            **AUDIENCE,
            "lines": LINES,
            "spared_first": ["points", "coins", "cash"],
            "province": None,
        },
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
]
