"""For finance: what the points outstanding are in money."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.requests import rpc
from services.points import contract as points

blueprint = MallBlueprint("finance", __name__, url_prefix="/v1/finance", description="For finance")


@blueprint.route("/liability/<month:month>")
@blueprint.for_staff("finance")
@blueprint.refuses(points.GET_LIABILITY_REPORT)
@blueprint.response(200, points.LiabilityReport)
def get_liability_report(month: str) -> Any:
    """Points outstanding by expiry month and source, and the movement of deferred revenue; a closed month stays."""
    return rpc(g.staff.actor, channel="ops").call(points.GET_LIABILITY_REPORT, {"month": month})
