"""Cases after the sale, for the merchant whose goods they are about: the one of the key, never told."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.bodies import Because
from gateway.requests import request_id_for, rpc
from gateway.routes.case_bodies import VERDICTS, CasesWanted, Verdicts
from services.chassis.contract import Call
from services.orders import contract as orders

blueprint = MallBlueprint(
    "merchant_cases", __name__, url_prefix="/v1/merchant/cases", description="Cases after the sale, for merchants"
)


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("merchant")
@blueprint.arguments(CasesWanted, location="query")
@blueprint.refuses(orders.FIND_CASES)
@blueprint.response(200, orders.CasesFound)
def list_merchants_cases(query: dict[str, Any]) -> Any:
    """Newest first."""
    return _ask(orders.FIND_CASES, query)


@blueprint.route("/<id('cas'):case_id>/approval", methods=["POST"])
@blueprint.for_staff("merchant")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "the photos show it"})
@blueprint.refuses(orders.APPROVE_CASE)
@blueprint.response(200, orders.Case)
def approve_merchants_case(body: dict[str, Any], case_id: str) -> Any:
    """Money goes back at once; goods have to come back first."""
    return _move(orders.APPROVE_CASE, case_id, **body)


@blueprint.route("/<id('cas'):case_id>/rejection", methods=["POST"])
@blueprint.for_staff("merchant")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "not what was agreed"})
@blueprint.refuses(orders.REJECT_CASE)
@blueprint.response(200, orders.Case)
def reject_merchants_case(body: dict[str, Any], case_id: str) -> Any:
    """The member may dispute it; then operations decides."""
    return _move(orders.REJECT_CASE, case_id, **body)


@blueprint.route("/<id('cas'):case_id>/receipt", methods=["POST"])
@blueprint.for_staff("merchant")
@blueprint.idempotent
@blueprint.arguments(Verdicts, example=VERDICTS)
@blueprint.refuses(orders.RECEIVE_GOODS)
@blueprint.response(200, orders.Case)
def receive_merchants_goods(body: dict[str, Any], case_id: str) -> Any:
    """What came back, piece by piece: accepted or rejected, and whether it can be sold again."""
    return _move(orders.RECEIVE_GOODS, case_id, **body)


def _move(contract: Call, case_id: str, **more: Any) -> Any:
    return _ask(contract, {"request_id": request_id_for(g.staff.key_id), "case_id": case_id, **more})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, {**request, "merchant_id": g.staff.merchant_id})
