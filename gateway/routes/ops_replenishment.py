"""Stock that runs short, for operations."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.bodies import Because
from gateway.documents import EXAMPLE_UUID
from gateway.pages import limit_field, on_the_wire
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog
from services.chassis.contract import Call
from services.chassis.schemas import Request, choice, identifier

blueprint = MallBlueprint("replenishment", __name__, url_prefix="/v1/ops", description="Stock that runs short")
RULE = {
    "element_id": f"elm_{EXAMPLE_UUID}",
    "place_id": f"whs_{EXAMPLE_UUID}",
    "least": 20,
    "target": 100,
    "pack": 12,
    "reason": "sells well",
}


class RulesQuery(Request):
    place_id = identifier("whs", load_default=None)


class ProposalsQuery(RulesQuery):
    status = choice(*catalog.REPLENISHMENT_STATES, load_default=None)
    limit = limit_field()


@blueprint.route("/replenishment-rules", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.ReplenishmentWish, example=RULE)
@blueprint.refuses(catalog.SET_REPLENISHMENT_RULE)
@blueprint.response(201, catalog.ReplenishmentRules)
def set_replenishment_rule(body: dict[str, Any]) -> Any:
    """Decide how little of an element is too little at a place, from now or from later on."""
    request = {"request_id": request_id_for(g.staff.name), **on_the_wire(body)}
    return _ask(catalog.SET_REPLENISHMENT_RULE, request)


@blueprint.route("/replenishment-rules", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(RulesQuery, location="query")
@blueprint.refuses(catalog.LIST_REPLENISHMENT_RULES)
@blueprint.response(200, catalog.ReplenishmentRules)
def list_replenishment_rules(query: dict[str, Any]) -> Any:
    """Those in force, and those to come."""
    return _ask(catalog.LIST_REPLENISHMENT_RULES, query)


@blueprint.route("/replenishments", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(ProposalsQuery, location="query")
@blueprint.refuses(catalog.LIST_REPLENISHMENTS)
@blueprint.response(200, catalog.Replenishments)
def list_replenishments(query: dict[str, Any]) -> Any:
    """What was proposed, newest first."""
    return _ask(catalog.LIST_REPLENISHMENTS, query)


@blueprint.route("/replenishments/<id('rpl'):replenishment_id>/acceptance", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.refuses(catalog.ACCEPT_REPLENISHMENT)
@blueprint.response(200, catalog.Replenishment)
def accept_replenishment(replenishment_id: str) -> Any:
    """Order what is missing by now, by a consignment."""
    return _decide(catalog.ACCEPT_REPLENISHMENT, replenishment_id)


@blueprint.route("/replenishments/<id('rpl'):replenishment_id>/dismissal", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "goes out of the range"})
@blueprint.refuses(catalog.DISMISS_REPLENISHMENT)
@blueprint.response(200, catalog.Replenishment)
def dismiss_replenishment(body: dict[str, Any], replenishment_id: str) -> Any:
    """Not now; it is not proposed again for as long as its rule says."""
    return _decide(catalog.DISMISS_REPLENISHMENT, replenishment_id, **body)


def _decide(contract: Call, replenishment_id: str, **more: Any) -> Any:
    return _ask(contract, {"request_id": request_id_for(g.staff.name), "replenishment_id": replenishment_id, **more})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
