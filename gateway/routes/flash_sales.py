"""Flash sales, for members: what runs and what comes, and tickets."""

from typing import Any

from flask import current_app, g
from flask import request as http

from gateway.blueprints import MallBlueprint
from gateway.pages import limit_field
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog
from services.chassis.refusal import Refused
from services.chassis.schemas import Request

blueprint = MallBlueprint("flash-sales", __name__, url_prefix="/v1/flash-sales", description="Flash sales")
OFFERS_S = 1


class OffersQuery(Request):
    limit = limit_field()


@blueprint.route("", methods=["GET"])
@blueprint.public(OFFERS_S)
@blueprint.arguments(OffersQuery, location="query")
@blueprint.refuses(catalog.LIST_FLASH_OFFERS)
@blueprint.response(200, catalog.FlashOffers)
def list_flash_offers(query: dict[str, Any]) -> Any:
    """Sales that run and that come, with the mall's own time to count down by. May be kept for a second."""
    return rpc().call(catalog.LIST_FLASH_OFFERS, query)


@blueprint.route("/<id('fls'):sale_id>/tickets", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.refuses(catalog.TAKE_TICKET)
@blueprint.response(201, catalog.FlashTicket)
def take_ticket(sale_id: str) -> Any:
    """A piece of the sale, for a short time: name the ticket and the price of the sale in the line of an order. Sold
    out may be said for a second after something came back, and is no answer for good: the same request may be sent
    again, and has one ticket at most."""
    member_id = g.identity.member_id
    request = {"request_id": request_id_for(member_id), "sale_id": sale_id, "member_id": member_id}
    try:
        return rpc(g.identity.actor).call(catalog.TAKE_TICKET, request)
    except Refused as refusal:
        if refusal.code == catalog.FLASH_SOLD_OUT:
            current_app.config["SOLD_OUT"].note(http.path, refusal)
        raise


@blueprint.route("/<id('fls'):sale_id>/tickets", methods=["GET"])
@blueprint.signed_in
@blueprint.refuses(catalog.LIST_TICKETS)
@blueprint.response(200, catalog.FlashTickets)
def list_tickets(sale_id: str) -> Any:
    """The member's tickets of this sale, newest first, and what became of them."""
    request = {"sale_id": sale_id, "member_id": g.identity.member_id}
    return rpc(g.identity.actor).call(catalog.LIST_TICKETS, request)
