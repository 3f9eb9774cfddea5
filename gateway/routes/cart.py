"""The member's cart."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.documents import EXAMPLE_UUID
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog
from services.chassis.contract import Call
from services.chassis.schemas import Request, listed
from services.orders import contract as orders

blueprint = MallBlueprint("cart", __name__, url_prefix="/v1/cart", description="The member's cart")
KEY = {"sku_id": f"sku_{EXAMPLE_UUID}", "price_id": f"prc_{EXAMPLE_UUID}"}


class TakenOut(Request):
    lines = listed(orders.CartKey, shortest=1, longest=orders.LARGEST_CART)


@blueprint.route("", methods=["GET"])
@blueprint.signed_in
@blueprint.refuses(orders.GET_CART)
@blueprint.response(200, orders.Cart)
def get_cart() -> Any:
    """What is in the cart, by merchant: what it costs now and why, and what cannot be had any more."""
    request = {"member_id": g.identity.member_id, **g.identity.audience}
    return rpc(g.identity.actor).call(orders.GET_CART, request)


@blueprint.route("/lines", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(orders.CartWish, example={**KEY, "quantity": 1})
@blueprint.refuses(orders.PUT_IN_CART, catalog.QUOTE_LINES)
@blueprint.response(201, orders.CartContents)
def put_in_cart(body: dict[str, Any]) -> Any:
    """Put pieces in; of what is in already they are added."""
    return _change(orders.PUT_IN_CART, **g.identity.audience, **body)


@blueprint.route("/lines/<id('sku'):sku_id>/<id('prc'):price_id>", methods=["PATCH"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(orders.CartChange, example={"quantity": 2, "is_chosen": True})
@blueprint.refuses(orders.CHANGE_CART_LINE)
@blueprint.response(200, orders.CartContents)
def change_cart_line(body: dict[str, Any], sku_id: str, price_id: str) -> Any:
    """So many pieces from now on, chosen for the next order or not. The later word holds."""
    return _change(orders.CHANGE_CART_LINE, sku_id=sku_id, price_id=price_id, **body)


@blueprint.route("/removals", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(TakenOut, example={"lines": [KEY]})
@blueprint.refuses(orders.REMOVE_FROM_CART)
@blueprint.response(200, orders.CartContents)
def remove_from_cart(body: dict[str, Any]) -> Any:
    """Take lines out; those that are not there any more are passed over."""
    return _change(orders.REMOVE_FROM_CART, **body)


def _change(contract: Call, **more: Any) -> Any:
    member_id = g.identity.member_id
    request = {"request_id": request_id_for(member_id), "member_id": member_id, **more}
    return rpc(g.identity.actor).call(contract, request)
