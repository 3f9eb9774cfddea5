"""Stock that is damaged, stolen or expired, for operations."""

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

blueprint = MallBlueprint("write_offs", __name__, url_prefix="/v1/ops/write-offs", description="Write-offs of stock")
EXAMPLE = {
    "element_id": f"elm_{EXAMPLE_UUID}",
    "place_id": f"whs_{EXAMPLE_UUID}",
    "quantity": 2,
    "cause": "damaged",
    "reason": "water in the cellar",
}


class WriteOffsQuery(Request):
    status = choice(*catalog.WRITE_OFF_STATES, load_default=None)
    place_id = identifier("whs", load_default=None)
    limit = limit_field()


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(catalog.WriteOffWish, example=EXAMPLE)
@blueprint.refuses(catalog.WRITE_OFF_STOCK)
@blueprint.response(201, catalog.WriteOff)
def write_off_stock(body: dict[str, Any]) -> Any:
    """Units are damaged, stolen or expired; much of it waits for somebody else."""
    return _ask(catalog.WRITE_OFF_STOCK, {"request_id": request_id_for(g.staff.name), **body})


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(WriteOffsQuery, location="query")
@blueprint.refuses(catalog.LIST_WRITE_OFFS)
@blueprint.response(200, catalog.WriteOffs)
def list_write_offs(query: dict[str, Any]) -> Any:
    """Newest first."""
    return _ask(catalog.LIST_WRITE_OFFS, query)


@blueprint.route("/<id('wof'):write_off_id>/approval", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.refuses(catalog.APPROVE_WRITE_OFF)
@blueprint.response(200, catalog.WriteOff)
def approve_write_off(write_off_id: str) -> Any:
    """Write off what somebody else has asked for."""
    return _decide(catalog.APPROVE_WRITE_OFF, write_off_id)


@blueprint.route("/<id('wof'):write_off_id>/rejection", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "it was dry all the time"})
@blueprint.refuses(catalog.REJECT_WRITE_OFF)
@blueprint.response(200, catalog.WriteOff)
def reject_write_off(body: dict[str, Any], write_off_id: str) -> Any:
    """It stays in the books."""
    return _decide(catalog.REJECT_WRITE_OFF, write_off_id, **body)


def _decide(contract: Call, write_off_id: str, **more: Any) -> Any:
    return _ask(contract, {"request_id": request_id_for(g.staff.name), "write_off_id": write_off_id, **more})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
