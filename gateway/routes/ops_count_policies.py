"""How much of the stock one person may settle alone, for operations."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.pages import on_the_wire
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog

blueprint = MallBlueprint(
    "count_policies", __name__, url_prefix="/v1/ops/count-policies", description="What one person may settle alone"
)
EXAMPLE = {"most_units": 8, "effective_from": None, "reason": "small parts"}


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.CountPolicyWish, example=EXAMPLE)
@blueprint.refuses(catalog.SET_COUNT_POLICY)
@blueprint.response(201, catalog.CountPolicies)
def set_count_policy(body: dict[str, Any]) -> Any:
    """Decide how many units one person may settle alone, from now or from later on."""
    request = {"request_id": request_id_for(g.staff.name), **on_the_wire(body)}
    return rpc(g.staff.actor, channel="ops").call(catalog.SET_COUNT_POLICY, request)


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.refuses(catalog.LIST_COUNT_POLICIES)
@blueprint.response(200, catalog.CountPolicies)
def list_count_policies() -> Any:
    """What is decided, newest first."""
    return rpc(g.staff.actor, channel="ops").call(catalog.LIST_COUNT_POLICIES, {})
