"""Cases after the sale, for operations: of all merchants, and disputes, which nobody else decides."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.bodies import Because
from gateway.requests import request_id_for, rpc
from gateway.routes.case_bodies import VERDICTS, CasesWanted, Verdicts
from services.chassis.contract import Call
from services.chassis.schemas import choice, flag, identifier
from services.orders import contract as orders

blueprint = MallBlueprint(
    "ops_cases", __name__, url_prefix="/v1/ops/cases", description="Cases after the sale, for operations"
)


class CasesOfAll(CasesWanted):
    """``stuck``: somebody has to look."""

    merchant_id = identifier("mer", allow_none=True)
    stuck = choice("yes", "no", allow_none=True)


class CaseMoveByHand(Because):
    move = choice(*orders.CASE_MOVES)


class Verdict(Because):
    is_member_right = flag()


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(CasesOfAll, location="query")
@blueprint.refuses(orders.FIND_CASES)
@blueprint.response(200, orders.CasesFound)
def find_cases(query: dict[str, Any]) -> Any:
    """Newest first."""
    stuck = query.pop("stuck")
    return _ask(orders.FIND_CASES, query | {"is_stuck": None if stuck is None else stuck == "yes"})


@blueprint.route("/<id('cas'):case_id>/moves", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(CaseMoveByHand, example={"move": "ask", "reason": "the stock service is back"})
@blueprint.refuses(orders.MOVE_CASE)
@blueprint.response(200, orders.CaseFound)
def move_case(body: dict[str, Any], case_id: str) -> Any:
    """Move a stuck case on by hand; the move stays in its order's history, with who made it and why."""
    return _move(orders.MOVE_CASE, case_id, **body)


@blueprint.route("/<id('cas'):case_id>/approval", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "the photos show it"})
@blueprint.refuses(orders.APPROVE_CASE)
@blueprint.response(200, orders.Case)
def approve_case(body: dict[str, Any], case_id: str) -> Any:
    """Money goes back at once; goods have to come back first."""
    return _move(orders.APPROVE_CASE, case_id, **body)


@blueprint.route("/<id('cas'):case_id>/rejection", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "not what was agreed"})
@blueprint.refuses(orders.REJECT_CASE)
@blueprint.response(200, orders.Case)
def reject_case(body: dict[str, Any], case_id: str) -> Any:
    """The member may dispute it; then operations decides."""
    return _move(orders.REJECT_CASE, case_id, **body)


@blueprint.route("/<id('cas'):case_id>/receipt", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Verdicts, example=VERDICTS)
@blueprint.refuses(orders.RECEIVE_GOODS)
@blueprint.response(200, orders.Case)
def receive_goods(body: dict[str, Any], case_id: str) -> Any:
    """What came back, piece by piece: accepted or rejected, and whether it can be sold again."""
    return _move(orders.RECEIVE_GOODS, case_id, **body)


@blueprint.route("/<id('cas'):case_id>/dispute-decision", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Verdict, example={"is_member_right": True, "reason": "the film shows it"})
@blueprint.refuses(orders.DECIDE_DISPUTE)
@blueprint.response(200, orders.Case)
def decide_dispute(body: dict[str, Any], case_id: str) -> Any:
    """The member's word against the merchant's: decided once, for good."""
    return _move(orders.DECIDE_DISPUTE, case_id, **body)


def _move(contract: Call, case_id: str, **more: Any) -> Any:
    return _ask(contract, {"request_id": request_id_for(g.staff.name), "case_id": case_id, **more})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
