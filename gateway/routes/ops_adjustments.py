"""Adjustments by hand, for operations: one person asks, another approves."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.bodies import Because
from gateway.pages import limit_field, position_field
from gateway.requests import request_id_for, rpc
from services.chassis.contract import Call
from services.chassis.schemas import Request, choice, listed, text
from services.points import contract as points

blueprint = MallBlueprint("adjustments", __name__, url_prefix="/v1/ops/adjustments", description="For operations")
EXAMPLE = {
    "unit": "PTS",
    "reason": "service outage of 3 November",
    "lines": [{"member_id": "mbr_0192f0c1a2b37c4d8e5f60718293a4b5", "points": 100}],
}


class NewAdjustment(Request):
    """``points`` > 0 come to the member, < 0 are taken; one line a member."""

    unit = points.in_unit()
    reason = text(200)
    lines = listed(points.RequestedLine, shortest=1, longest=points.LARGEST_BATCH)


class AdjustmentsQuery(Request):
    state = choice(*points.ADJUSTMENT_STATES, load_default=None)
    limit = limit_field()
    before = position_field("`next_before` of the page before")


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(NewAdjustment, example=EXAMPLE)
@blueprint.refuses(points.REQUEST_ADJUSTMENT)
@blueprint.response(201, points.AdjustmentRequested)
def request_adjustment(body: dict[str, Any]) -> Any:
    """Ask for an adjustment; nothing moves before another person approves it."""
    return _ask(points.REQUEST_ADJUSTMENT, {"request_id": request_id_for(g.staff.name), **body})


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(AdjustmentsQuery, location="query")
@blueprint.refuses(points.LIST_ADJUSTMENTS)
@blueprint.response(200, points.Adjustments)
def list_adjustments(query: dict[str, Any]) -> Any:
    """What was asked for, newest first."""
    return _ask(points.LIST_ADJUSTMENTS, query)


@blueprint.route("/<id('adj'):adjustment_id>")
@blueprint.for_staff("ops")
@blueprint.refuses(points.GET_ADJUSTMENT)
@blueprint.response(200, points.AdjustmentWithLines)
def get_adjustment(adjustment_id: str) -> Any:
    """One adjustment with all of its lines."""
    return _ask(points.GET_ADJUSTMENT, {"adjustment_id": adjustment_id})


@blueprint.route("/<id('adj'):adjustment_id>/approval", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.refuses(points.APPROVE_ADJUSTMENT)
@blueprint.response(200, points.AdjustmentPosted)
def approve_adjustment(adjustment_id: str) -> Any:
    """Post all of its lines, or none; refused to the person who asked for it."""
    return _decide(points.APPROVE_ADJUSTMENT, adjustment_id)


@blueprint.route("/<id('adj'):adjustment_id>/rejection", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "paid already"})
@blueprint.refuses(points.REJECT_ADJUSTMENT)
@blueprint.response(200, points.AdjustmentRejected)
def reject_adjustment(body: dict[str, Any], adjustment_id: str) -> Any:
    """It is not to be."""
    return _decide(points.REJECT_ADJUSTMENT, adjustment_id, **body)


def _decide(contract: Call, adjustment_id: str, **more: Any) -> Any:
    request = {"request_id": request_id_for(g.staff.name), "adjustment_id": adjustment_id, **more}
    return _ask(contract, request)


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
