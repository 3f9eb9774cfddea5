"""How places are chosen that serve an order, for operations."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.pages import on_the_wire
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog

blueprint = MallBlueprint(
    "allocation", __name__, url_prefix="/v1/ops/allocation-policies", description="How places are chosen"
)
EXAMPLE = {
    "strategy": "fewest_parcels",
    "parcel_weight": 1000,
    "distance_weight": 1,
    "priority_weight": 10,
    "stock_weight": 1,
    "unknown_km": 2000,
    "supplies_halls": True,
    "effective_from": None,
    "reason": "near warehouses first",
}


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.AllocationWish, example=EXAMPLE)
@blueprint.refuses(catalog.SET_ALLOCATION_POLICY)
@blueprint.response(201, catalog.AllocationPolicies)
def set_allocation_policy(body: dict[str, Any]) -> Any:
    """Decide how places are chosen, from now or from later on."""
    request = {"request_id": request_id_for(g.staff.name), **on_the_wire(body)}
    return rpc(g.staff.actor, channel="ops").call(catalog.SET_ALLOCATION_POLICY, request)


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.refuses(catalog.LIST_ALLOCATION_POLICIES)
@blueprint.response(200, catalog.AllocationPolicies)
def list_allocation_policies() -> Any:
    """What is decided, newest first."""
    return rpc(g.staff.actor, channel="ops").call(catalog.LIST_ALLOCATION_POLICIES, {})
