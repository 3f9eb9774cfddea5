"""Quoting, placing, watching, cancelling and receiving orders."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.documents import EXAMPLE_UUID
from gateway.pages import limit_field, on_the_wire
from gateway.problems import language
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog
from services.chassis.schemas import Request, choice, flag, identifier, instant, nested, text
from services.logistics import contract as logistics
from services.members import contract as members
from services.orders import contract as orders
from services.points import contract as points

blueprint = MallBlueprint("orders", __name__, url_prefix="/v1", description="Orders")

EXAMPLE_LINES = [{"sku_id": f"sku_{EXAMPLE_UUID}", "quantity": 1, "price_id": f"prc_{EXAMPLE_UUID}"}]
EXAMPLE_ORDER = {"lines": EXAMPLE_LINES, "expected": {"points": 5000, "cash_fen": 0}, "channel": "web"}


class BasketToQuote(orders.Basket):
    """``spared_first`` is what the best split spares first; null: least cash, then least coins, then fewest points.
    ``province``: where it would be carried, for whether cash is collected there."""

    spared_first = orders.spared_field()
    province = text(40, allow_none=True)


class NewOrder(orders.Basket):
    """``expected`` is the total the buyer saw; another one is refused with the new total. ``from_cart``: what is
    ordered is taken out of the cart with it."""

    expected = nested(orders.Total)
    channel = choice("web", "wap", "app", load_default="web")
    payment_provider = choice(*orders.PAYMENT_WAYS, allow_none=True)
    delivery_address = nested(orders.DeliveryAddress, allow_none=True)
    from_cart = flag(load_default=False)
    pick_up_at = identifier("whs", allow_none=True, metadata={"description": "A hall, instead of an address"})


class OrdersQuery(Request):
    """``words`` are looked for in the names of the goods, in Chinese and English."""

    status = choice(*orders.STATUSES, allow_none=True)
    payment_status = choice(*orders.PAYMENT_STATUSES, allow_none=True)
    fulfilment_status = choice(*orders.FULFILMENT_STATUSES, allow_none=True)
    placed_from = instant(allow_none=True)
    placed_before = instant(allow_none=True)
    words = text(60, allow_none=True)
    limit = limit_field()
    cursor = text(200, allow_none=True)


class Reason(Request):
    reason = text(80, load_default="member")


@blueprint.route("/quotes", methods=["POST"])
@blueprint.signed_in
@blueprint.arguments(BasketToQuote, example={"lines": EXAMPLE_LINES})
@blueprint.refuses(orders.QUOTE_ORDER, catalog.QUOTE_LINES)
@blueprint.response(200, orders.Quote)
def quote(body: dict[str, Any]) -> Any:
    """What a basket costs this member now, why, and how it is best paid. Changes nothing."""
    request = {"member_id": g.identity.member_id, **g.identity.audience, **body}
    return rpc(g.identity.actor).call(orders.QUOTE_ORDER, request)


@blueprint.route("/orders", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(NewOrder, example=EXAMPLE_ORDER)
@blueprint.refuses(
    orders.PLACE_ORDER, catalog.QUOTE_LINES, catalog.RESERVE_STOCK, points.HOLD_POINTS, members.GET_CREDIT
)
@blueprint.response(201, orders.Order)
def place_order(body: dict[str, Any]) -> Any:
    """Redeem goods of one merchant; those of several are a purchase. Paid in points alone, or at the door, it is
    confirmed at once; with other cash it waits for the payment."""
    return rpc(g.identity.actor).call(orders.PLACE_ORDER, to_place(body))


def to_place(body: dict[str, Any]) -> dict[str, Any]:
    """The request for an order or a purchase by whoever asks."""
    identity = g.identity
    return {
        "request_id": request_id_for(identity.member_id),
        "member_id": identity.member_id,
        **identity.audience,
        "member_state": identity.state,
        "language": language(),
        **body,
    }


@blueprint.route("/orders", methods=["GET"])
@blueprint.signed_in
@blueprint.arguments(OrdersQuery, location="query")
@blueprint.refuses(orders.LIST_ORDERS)
@blueprint.response(200, orders.OrderPage)
def list_orders(query: dict[str, Any]) -> Any:
    """The member's orders, newest first."""
    return rpc(g.identity.actor).call(orders.LIST_ORDERS, {"member_id": g.identity.member_id, **on_the_wire(query)})


@blueprint.route("/orders/<id('ord'):order_id>", methods=["GET"])
@blueprint.signed_in
@blueprint.refuses(orders.GET_ORDER)
@blueprint.response(200, orders.Order)
def get_order(order_id: str) -> Any:
    """One order of the member, with its parcels and codes."""
    return rpc(g.identity.actor).call(orders.GET_ORDER, _own(order_id))


@blueprint.route("/orders/<id('ord'):order_id>/timeline", methods=["GET"])
@blueprint.signed_in
@blueprint.refuses(orders.GET_TIMELINE)
@blueprint.response(200, orders.Timeline)
def get_timeline(order_id: str) -> Any:
    """Everything that happened to the order, oldest first."""
    return rpc(g.identity.actor).call(orders.GET_TIMELINE, _own(order_id))


@blueprint.route("/orders/<id('ord'):order_id>/cancellation", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(Reason, example={"reason": "member"})
@blueprint.refuses(orders.CANCEL_ORDER, logistics.STOP_DISPATCH)
@blueprint.response(200, orders.Order)
def cancel_order(body: dict[str, Any], order_id: str) -> Any:
    """Cancel before the parcel is handed over; points and money go back where they came from."""
    request = {"request_id": request_id_for(g.identity.member_id), **_own(order_id), **body}
    return rpc(g.identity.actor).call(orders.CANCEL_ORDER, request)


@blueprint.route("/orders/<id('ord'):order_id>/receipt", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.refuses(orders.CONFIRM_RECEIPT)
@blueprint.response(200, orders.Order)
def confirm_receipt(order_id: str) -> Any:
    """The member has the goods: the order is completed."""
    request = {"request_id": request_id_for(g.identity.member_id), **_own(order_id)}
    return rpc(g.identity.actor).call(orders.CONFIRM_RECEIPT, request)


def _own(order_id: str) -> dict[str, str]:
    return {"member_id": g.identity.member_id, "order_id": order_id}
