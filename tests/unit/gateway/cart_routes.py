"""Routes of the cart."""

from typing import Any

from services.chassis.contract import Call
from services.orders import contract as orders
from tests.unit.gateway.edge import UUID
from tests.unit.gateway.route import AUDIENCE, MEMBER, Route, key

CART = "/v1/cart"
KEY = {"sku_id": f"sku_{UUID}", "price_id": f"prc_{UUID}"}
LINE = f"{CART}/lines/{KEY['sku_id']}/{KEY['price_id']}"
CHANGE = {"quantity": 3, "is_chosen": False}


def changed(method: str, path: str, contract: Call, body: Any, status: int = 200, **more: Any) -> Route:
    expected = {**key(method, path), "member_id": MEMBER, **more, **body}
    rule = path.replace(KEY["sku_id"], "{sku_id}").replace(KEY["price_id"], "{price_id}")
    return Route(method, rule, contract, expected, path=path, body=body, status=status)


CART_ROUTES = [
    Route("GET", CART, orders.GET_CART, {"member_id": MEMBER, **AUDIENCE}),
    changed("POST", f"{CART}/lines", orders.PUT_IN_CART, {**KEY, "quantity": 2}, 201, **AUDIENCE),
    changed("PATCH", LINE, orders.CHANGE_CART_LINE, CHANGE, **KEY),
    changed("POST", f"{CART}/removals", orders.REMOVE_FROM_CART, {"lines": [KEY]}),
]
