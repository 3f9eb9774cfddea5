"""When goods are on sale, for operations."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog
from services.chassis.contract import Call

blueprint = MallBlueprint("sales", __name__, url_prefix="/v1/ops/goods", description="For operations")
WINDOW = {"begins_at": "2026-12-11T16:00:00Z", "ends_at": "2026-12-12T16:00:00Z", "reason": "double twelve"}


@blueprint.route("/<id('gds'):goods_id>/sale-windows", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.WindowWish, example=WINDOW)
@blueprint.refuses(catalog.SCHEDULE_SALE)
@blueprint.response(201, catalog.Schedule)
def schedule_sale(body: dict[str, Any], goods_id: str) -> Any:
    """Put goods on sale for one more window of time."""
    return _command(catalog.SCHEDULE_SALE, goods_id, body)


@blueprint.route("/<id('gds'):goods_id>/sale-windows", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.refuses(catalog.LIST_SALE_WINDOWS)
@blueprint.response(200, catalog.Schedule)
def list_sale_windows(goods_id: str) -> Any:
    """When goods were, are and will be on sale."""
    return rpc(g.staff.actor, channel="ops").call(catalog.LIST_SALE_WINDOWS, {"goods_id": goods_id})


@blueprint.route("/<id('gds'):goods_id>/sale-end", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.EndWish, example={"reason": "recalled by the maker"})
@blueprint.refuses(catalog.END_SALE)
@blueprint.response(200, catalog.Schedule)
def end_sale(body: dict[str, Any], goods_id: str) -> Any:
    """Take goods off sale, now or later, and call off what was planned after that."""
    return _command(catalog.END_SALE, goods_id, body)


def _command(contract: Call, goods_id: str, body: dict[str, Any]) -> Any:
    request = {"request_id": request_id_for(g.staff.name), "goods_id": goods_id, **body}
    return rpc(g.staff.actor, channel="ops").call(contract, request)
