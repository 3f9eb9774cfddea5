"""The bulk zone, for operations."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.documents import EXAMPLE_UUID
from gateway.pages import on_the_wire
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog
from services.chassis.schemas import Request, identifier

blueprint = MallBlueprint("bulk_offers", __name__, url_prefix="/v1/ops/bulk-offers", description="For operations")
EXAMPLE = {
    "sku_id": f"sku_{EXAMPLE_UUID}",
    "least": 50,
    "most": 500,
    "segment": "companies",
    "steps": [{"from_pieces": 100, "price_id": f"prc_{EXAMPLE_UUID}", "points": 900, "cash_fen": 0}],
    "reason": "companies buy for their staff",
}


class BulkOffersQuery(Request):
    sku_id = identifier("sku", load_default=None)


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.BulkWish, example=EXAMPLE)
@blueprint.refuses(catalog.SET_BULK_OFFER)
@blueprint.response(201, catalog.BulkDecided)
def set_bulk_offer(body: dict[str, Any]) -> Any:
    """Sell large numbers of a SKU, from now or from later on, or end that."""
    request = {"request_id": request_id_for(g.staff.name), **on_the_wire(body)}
    return rpc(g.staff.actor, channel="ops").call(catalog.SET_BULK_OFFER, request)


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(BulkOffersQuery, location="query")
@blueprint.refuses(catalog.LIST_BULK_OFFERS)
@blueprint.response(200, catalog.BulkOffers)
def list_bulk_offers(query: dict[str, Any]) -> Any:
    """All that was ever decided, by SKU, the newest first."""
    return rpc(g.staff.actor, channel="ops").call(catalog.LIST_BULK_OFFERS, query)
