"""Baskets of several merchants: placed at once, an order for each of them, and paid at once."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.requests import rpc
from gateway.routes.orders import EXAMPLE_ORDER, NewOrder, to_place
from gateway.routes.payments import PROVIDER_CHOSEN, ChosenProvider, to_start
from services.catalog import contract as catalog
from services.members import contract as members
from services.orders import contract as orders
from services.points import contract as points

blueprint = MallBlueprint("purchases", __name__, url_prefix="/v1", description="Purchases")


@blueprint.route("/purchases", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(NewOrder, example=EXAMPLE_ORDER)
@blueprint.refuses(
    orders.PLACE_PURCHASE, catalog.QUOTE_LINES, catalog.RESERVE_STOCK, points.HOLD_POINTS, members.GET_CREDIT
)
@blueprint.response(201, orders.Purchase)
def place_purchase(body: dict[str, Any]) -> Any:
    """Redeem goods of several merchants: an order for each of them, all or none. Orders without cash are confirmed at
    once; the cash of the others is one payment."""
    return rpc(g.identity.actor).call(orders.PLACE_PURCHASE, to_place(body))


@blueprint.route("/purchases/<id('pur'):purchase_id>", methods=["GET"])
@blueprint.signed_in
@blueprint.refuses(orders.GET_PURCHASE)
@blueprint.response(200, orders.Purchase)
def get_purchase(purchase_id: str) -> Any:
    """One purchase of the member with its orders."""
    wanted = {"member_id": g.identity.member_id, "purchase_id": purchase_id}
    return rpc(g.identity.actor).call(orders.GET_PURCHASE, wanted)


@blueprint.route("/purchases/<id('pur'):purchase_id>/payments", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(ChosenProvider, required=False, example=PROVIDER_CHOSEN)
@blueprint.refuses(orders.START_PAYMENT)
@blueprint.response(201, orders.PaymentStarted)
def start_payment_of_purchase(body: dict[str, Any], purchase_id: str) -> Any:
    """Start paying the cash of all its orders at once; as for an order."""
    return rpc(g.identity.actor).call(orders.START_PAYMENT, to_start(body, purchase_id=purchase_id))
