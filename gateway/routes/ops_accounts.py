"""Accounts under suspicion, for operations."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.bodies import Because
from gateway.requests import request_id_for, rpc
from services.chassis.contract import Call
from services.points import contract as points

blueprint = MallBlueprint("accounts", __name__, url_prefix="/v1/ops", description="For operations")
UNKNOWN = {points.ACCOUNT_UNKNOWN: 404}


@blueprint.route("/accounts/<id('mbr'):member_id>")
@blueprint.for_staff("ops")
@blueprint.refuses(points.GET_ACCOUNT, statuses=UNKNOWN)
@blueprint.response(200, points.Account)
def get_account(member_id: str) -> Any:
    """A member's wallets and every freeze there was."""
    return _ask(points.GET_ACCOUNT, {"member_id": member_id})


@blueprint.route("/accounts/<id('mbr'):member_id>/freezes", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "points moved from many SIMs into one"})
@blueprint.refuses(points.FREEZE_ACCOUNT, statuses=UNKNOWN)
@blueprint.response(201, points.Frozen)
def freeze_account(body: dict[str, Any], member_id: str) -> Any:
    """Nothing is earned or spent until it is lifted."""
    return _ask(points.FREEZE_ACCOUNT, {"request_id": request_id_for(g.staff.name), "member_id": member_id, **body})


@blueprint.route("/freezes/<id('frz'):freeze_id>/lifting", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "cleared with the member"})
@blueprint.refuses(points.UNFREEZE_ACCOUNT)
@blueprint.response(200, points.Unfrozen)
def unfreeze_account(body: dict[str, Any], freeze_id: str) -> Any:
    """Lift one freeze; the account opens when none is left and the member is active."""
    return _ask(points.UNFREEZE_ACCOUNT, {"request_id": request_id_for(g.staff.name), "freeze_id": freeze_id, **body})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
