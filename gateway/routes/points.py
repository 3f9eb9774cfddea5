"""The member's points: balance and statement."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.pages import limit_field
from gateway.requests import rpc
from services.chassis.schemas import Request, text
from services.points import contract as points

blueprint = MallBlueprint("points", __name__, url_prefix="/v1/points", description="Balance and statement")
NOT_OPEN_YET = {points.ACCOUNT_UNKNOWN: 404}


class StatementQuery(Request):
    limit = limit_field()
    cursor = text(200, allow_none=True)


@blueprint.route("/balance")
@blueprint.signed_in
@blueprint.refuses(points.GET_BALANCE, statuses=NOT_OPEN_YET)
@blueprint.response(200, points.Balance)
def get_balance() -> Any:
    """What can be spent now, what is held by open orders, what expires when."""
    return rpc(g.identity.actor).call(points.GET_BALANCE, {"member_id": g.identity.member_id})


@blueprint.route("/statement")
@blueprint.signed_in
@blueprint.arguments(StatementQuery, location="query")
@blueprint.refuses(points.LIST_STATEMENT, statuses=NOT_OPEN_YET)
@blueprint.response(200, points.Statement)
def get_statement(query: dict[str, Any]) -> Any:
    """Every movement of points, newest first."""
    request = {"member_id": g.identity.member_id, **query}
    return rpc(g.identity.actor).call(points.LIST_STATEMENT, request)
