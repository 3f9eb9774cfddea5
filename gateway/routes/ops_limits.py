"""Limits on how much one member may get, for operations."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from gateway.blueprints import MallBlueprint
from gateway.documents import EXAMPLE_UUID
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog
from services.chassis.schemas import Request

blueprint = MallBlueprint("limits", __name__, url_prefix="/v1/ops/purchase-limits", description="For operations")
EXAMPLE = {"subject": f"gds_{EXAMPLE_UUID}", "period": "month", "most": 2, "reason": "so that there is enough for all"}


class LimitsQuery(Request):
    subject = fields.String(
        load_default=None,
        validate=validate.Length(1, 40),
        metadata={"description": "Of goods, a SKU or an element alone"},
    )


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.LimitWish, example=EXAMPLE)
@blueprint.refuses(catalog.SET_LIMIT)
@blueprint.response(201, catalog.LimitDecided)
def set_limit(body: dict[str, Any]) -> Any:
    """Decide how much of something one member may get; what members have used of the limit counts on."""
    request = {"request_id": request_id_for(g.staff.name), **body}
    return rpc(g.staff.actor, channel="ops").call(catalog.SET_LIMIT, request)


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(LimitsQuery, location="query")
@blueprint.refuses(catalog.LIST_LIMITS)
@blueprint.response(200, catalog.Limits)
def list_limits(query: dict[str, Any]) -> Any:
    """Limits that hold now, and what is decided for later."""
    return rpc(g.staff.actor, channel="ops").call(catalog.LIST_LIMITS, query)
