"""Flash sales, for operations."""

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

blueprint = MallBlueprint("ops-flash-sales", __name__, url_prefix="/v1/ops/flash-sales", description="For operations")
EXAMPLE = {
    "sku_id": f"sku_{EXAMPLE_UUID}",
    "starts_at": "2026-11-28T12:00:00Z",
    "ends_at": "2026-11-28T14:00:00Z",
    "points": 9900,
    "quota": 100,
    "reason": "Saturday night",
}


class FlashSalesQuery(Request):
    sku_id = identifier("sku", load_default=None)
    limit = limit_field()


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.FlashSaleWish, example=EXAMPLE)
@blueprint.refuses(catalog.OPEN_FLASH_SALE)
@blueprint.response(201, catalog.FlashSale)
def open_flash_sale(body: dict[str, Any]) -> Any:
    """Sell pieces of a SKU for a short time, at a price of their own; they are set aside at once."""
    return _ask(catalog.OPEN_FLASH_SALE, {"request_id": request_id_for(g.staff.name), **on_the_wire(body)})


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(FlashSalesQuery, location="query")
@blueprint.refuses(catalog.LIST_FLASH_SALES)
@blueprint.response(200, catalog.FlashSales)
def list_flash_sales(query: dict[str, Any]) -> Any:
    """Newest first, with all that was decided of them."""
    return _ask(catalog.LIST_FLASH_SALES, query)


@blueprint.route("/<id('fls'):sale_id>", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.refuses(catalog.GET_FLASH_SALE)
@blueprint.response(200, catalog.FlashSale)
def get_flash_sale(sale_id: str) -> Any:
    """How many pieces are left, in tickets, and sold."""
    return _ask(catalog.GET_FLASH_SALE, {"sale_id": sale_id})


@blueprint.route("/<id('fls'):sale_id>/changes", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.FlashSaleChange, example={"quota": 150, "reason": "the merchant sends more"})
@blueprint.refuses(catalog.CHANGE_FLASH_SALE)
@blueprint.response(201, catalog.FlashSale)
def change_flash_sale(body: dict[str, Any], sale_id: str) -> Any:
    """Another end or quota from now on; the price stays."""
    return _move(catalog.CHANGE_FLASH_SALE, sale_id, on_the_wire(body))


@blueprint.route("/<id('fls'):sale_id>/cancellation", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "the wrong goods"})
@blueprint.refuses(catalog.CANCEL_FLASH_SALE)
@blueprint.response(200, catalog.FlashSale)
def cancel_flash_sale(body: dict[str, Any], sale_id: str) -> Any:
    """Nothing more is sold; unused tickets are worth nothing, orders keep what they have."""
    return _move(catalog.CANCEL_FLASH_SALE, sale_id, body)


def _move(contract: Call, sale_id: str, body: dict[str, Any]) -> Any:
    return _ask(contract, {"request_id": request_id_for(g.staff.name), "sale_id": sale_id, **body})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
