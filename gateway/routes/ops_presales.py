"""Goods that are sold before they are there, for operations."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.bodies import Because
from gateway.documents import EXAMPLE_UUID
from gateway.pages import limit_field, on_the_wire
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog
from services.chassis.contract import Call
from services.chassis.schemas import Request, identifier

blueprint = MallBlueprint("presales", __name__, url_prefix="/v1/ops/presales", description="For operations")
EXAMPLE = {
    "sku_id": f"sku_{EXAMPLE_UUID}",
    "ends_at": "2026-12-12T16:00:00Z",
    "ships_from": "2026-12-20",
    "quota": 500,
    "reason": "the maker delivers in December",
}


class PresalesQuery(Request):
    sku_id = identifier("sku", load_default=None)
    limit = limit_field()


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.PresaleWish, example=EXAMPLE)
@blueprint.refuses(catalog.OPEN_PRESALE)
@blueprint.response(201, catalog.Presale)
def open_presale(body: dict[str, Any]) -> Any:
    """Sell pieces of a SKU before they are there; whoever orders first is served first."""
    return _ask(catalog.OPEN_PRESALE, {"request_id": request_id_for(g.staff.name), **on_the_wire(body)})


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(PresalesQuery, location="query")
@blueprint.refuses(catalog.LIST_PRESALES)
@blueprint.response(200, catalog.Presales)
def list_presales(query: dict[str, Any]) -> Any:
    """Newest first, with all that was decided of them."""
    return _ask(catalog.LIST_PRESALES, query)


@blueprint.route("/<id('psl'):presale_id>/changes", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.PresaleChange, example={"quota": 800, "reason": "the maker sends more"})
@blueprint.refuses(catalog.CHANGE_PRESALE)
@blueprint.response(201, catalog.Presale)
def change_presale(body: dict[str, Any], presale_id: str) -> Any:
    """Other terms from now on; who has ordered keeps the day that was promised."""
    return _move(catalog.CHANGE_PRESALE, presale_id, on_the_wire(body))


@blueprint.route("/<id('psl'):presale_id>/cancellation", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "the maker does not deliver"})
@blueprint.refuses(catalog.CANCEL_PRESALE)
@blueprint.response(200, catalog.Presale)
def cancel_presale(body: dict[str, Any], presale_id: str) -> Any:
    """Nothing comes: orders that wait are called off, and everything is given back."""
    return _move(catalog.CANCEL_PRESALE, presale_id, body)


def _move(contract: Call, presale_id: str, body: dict[str, Any]) -> Any:
    return _ask(contract, {"request_id": request_id_for(g.staff.name), "presale_id": presale_id, **body})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
