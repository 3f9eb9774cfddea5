"""Units on their way to a place, for operations."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.bodies import Because
from gateway.documents import EXAMPLE_UUID
from gateway.pages import limit_field
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog
from services.chassis.contract import Call
from services.chassis.schemas import Request, choice, identifier

blueprint = MallBlueprint(
    "consignments", __name__, url_prefix="/v1/ops/consignments", description="Units on their way to a place"
)
LINES = [{"element_id": f"elm_{EXAMPLE_UUID}", "quantity": 40}]
WISH = {
    "kind": "transfer",
    "from_place": f"whs_{EXAMPLE_UUID}",
    "to_place": f"whs_{EXAMPLE_UUID[::-1]}",
    "lines": LINES,
    "reason": "before the holidays",
}
RECEIPT = {"lines": LINES, "is_last": True, "reason": "one carton was damaged"}


class ConsignmentsQuery(Request):
    status = choice(*catalog.CONSIGNMENT_STATES, load_default=None)
    place_id = identifier("whs", load_default=None, metadata={"description": "On either side"})
    limit = limit_field()


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.ConsignmentWish, example=WISH)
@blueprint.refuses(catalog.OPEN_CONSIGNMENT)
@blueprint.response(201, catalog.Consignment)
def open_consignment(body: dict[str, Any]) -> Any:
    """Units shall come to a place; nothing moves yet."""
    return _ask(catalog.OPEN_CONSIGNMENT, {"request_id": request_id_for(g.staff.name), **body})


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(ConsignmentsQuery, location="query")
@blueprint.refuses(catalog.LIST_CONSIGNMENTS)
@blueprint.response(200, catalog.Consignments)
def list_consignments(query: dict[str, Any]) -> Any:
    """Newest first."""
    return _ask(catalog.LIST_CONSIGNMENTS, query)


@blueprint.route("/<id('csg'):consignment_id>/dispatch", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.refuses(catalog.DISPATCH_CONSIGNMENT)
@blueprint.response(200, catalog.Consignment)
def dispatch_consignment(consignment_id: str) -> Any:
    """Its units leave their place, where they must be free."""
    return _move(catalog.DISPATCH_CONSIGNMENT, consignment_id)


@blueprint.route("/<id('csg'):consignment_id>/receipts", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.ReceivedUnits, example=RECEIPT)
@blueprint.refuses(catalog.RECEIVE_CONSIGNMENT)
@blueprint.response(201, catalog.Consignment)
def receive_consignment(body: dict[str, Any], consignment_id: str) -> Any:
    """What arrived, in part or in whole; the last receipt gives up the rest."""
    return _move(catalog.RECEIVE_CONSIGNMENT, consignment_id, **body)


@blueprint.route("/<id('csg'):consignment_id>/cancellation", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "the road is closed"})
@blueprint.refuses(catalog.CANCEL_CONSIGNMENT)
@blueprint.response(200, catalog.Consignment)
def cancel_consignment(body: dict[str, Any], consignment_id: str) -> Any:
    """What is on its way goes back to where it left."""
    return _move(catalog.CANCEL_CONSIGNMENT, consignment_id, **body)


def _move(contract: Call, consignment_id: str, **more: Any) -> Any:
    return _ask(contract, {"request_id": request_id_for(g.staff.name), "consignment_id": consignment_id, **more})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
