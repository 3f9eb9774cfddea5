"""Changes of goods under review, for operations: one person proposes, another lists or rejects."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.documents import EXAMPLE_UUID
from gateway.pages import limit_field, position_field
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog
from services.chassis.contract import Call
from services.chassis.schemas import Request, choice, text

blueprint = MallBlueprint("listings", __name__, url_prefix="/v1/ops/listings", description="For operations")
PRICE = {"price_id": f"prc_{EXAMPLE_UUID}", "points": 1000, "cash_fen": 0}
GOODS = {
    "goods_id": f"gds_{EXAMPLE_UUID}",
    "merchant_id": f"mer_{EXAMPLE_UUID}",
    "category": "food/tea",
    "kind": "physical",
    "name_zh": "龙井绿茶",
    "name_en": "Green tea",
    "picture_svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>',
    "skus": [{"sku_id": f"sku_{EXAMPLE_UUID}", "prices": [PRICE], "stock": 20}],
}


class NewListing(catalog.ListingDraft):
    """A new draft, or with ``listing_id`` a draft or a rejected listing as it shall be now."""

    listing_id = catalog.listing_id_field()


class Rejection(Request):
    reason = text(400)


class ListingsQuery(Request):
    state = choice(*catalog.LISTING_STATES, load_default=None)
    limit = limit_field()
    before = position_field("`next_before` of the page before")


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(NewListing, example={"goods": GOODS, "explanation": "at the maker's price"})
@blueprint.refuses(catalog.DRAFT_LISTING)
@blueprint.response(201, catalog.Listing)
def draft_listing(body: dict[str, Any]) -> Any:
    """Draft a change of one goods; nothing is on offer before it is submitted and another person has reviewed it."""
    return _ask(catalog.DRAFT_LISTING, {"request_id": request_id_for(g.staff.name), **body})


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(ListingsQuery, location="query")
@blueprint.refuses(catalog.LIST_LISTINGS)
@blueprint.response(200, catalog.Listings)
def list_listings(query: dict[str, Any]) -> Any:
    """Drafted, submitted and decided changes, newest first."""
    return _ask(catalog.LIST_LISTINGS, query)


@blueprint.route("/<id('lst'):listing_id>", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.refuses(catalog.GET_LISTING)
@blueprint.response(200, catalog.ListingWithGoods)
def get_listing(listing_id: str) -> Any:
    """One change, with the goods as they would be."""
    return _ask(catalog.GET_LISTING, {"listing_id": listing_id})


@blueprint.route("/<id('lst'):listing_id>/submission", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.refuses(catalog.SUBMIT_LISTING)
@blueprint.response(200, catalog.Listing)
def submit_listing(listing_id: str) -> Any:
    """Ask for a review."""
    return _decide(catalog.SUBMIT_LISTING, listing_id, {})


@blueprint.route("/<id('lst'):listing_id>/approval", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.Review, example={"merits": ["good_value", "practical"], "accepts_values": False})
@blueprint.refuses(catalog.APPROVE_LISTING)
@blueprint.response(200, catalog.Listing)
def approve_listing(body: dict[str, Any], listing_id: str) -> Any:
    """The goods are as it says from now on; refused to whoever drafted or submitted it."""
    return _decide(catalog.APPROVE_LISTING, listing_id, body)


@blueprint.route("/<id('lst'):listing_id>/rejection", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Rejection, example={"reason": "no picture of the goods"})
@blueprint.refuses(catalog.REJECT_LISTING)
@blueprint.response(200, catalog.Listing)
def reject_listing(body: dict[str, Any], listing_id: str) -> Any:
    """Send it back, with the reason."""
    return _decide(catalog.REJECT_LISTING, listing_id, body)


def _decide(contract: Call, listing_id: str, body: dict[str, Any]) -> Any:
    return _ask(contract, {"request_id": request_id_for(g.staff.name), "listing_id": listing_id, **body})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
