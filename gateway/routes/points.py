"""The member's points: balance and statement."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.pages import limit_field, on_the_wire
from gateway.requests import rpc
from services.chassis.contract import Query
from services.chassis.schemas import Request, instant, text
from services.points import contract as points

blueprint = MallBlueprint("points", __name__, url_prefix="/v1/points", description="Balance and statement")
NOT_OPEN_YET = {points.ACCOUNT_UNKNOWN: 404}


class WalletQuery(Request):
    unit = points.in_unit()


class PastQuery(WalletQuery):
    happened_by = instant(load_default=None, metadata={"description": "What had happened by then"})
    booked_by = instant(load_default=None, metadata={"description": "As far as it was in the books by then"})


class StatementQuery(PastQuery):
    limit = limit_field()
    cursor = text(200, allow_none=True)


@blueprint.route("/balance")
@blueprint.signed_in
@blueprint.arguments(WalletQuery, location="query")
@blueprint.refuses(points.GET_BALANCE, statuses=NOT_OPEN_YET)
@blueprint.response(200, points.Balance)
def get_balance(query: dict[str, Any]) -> Any:
    """What can be spent now, what is held by open orders, what expires when."""
    return _ask(points.GET_BALANCE, query)


@blueprint.route("/past-balance")
@blueprint.signed_in
@blueprint.arguments(PastQuery, location="query")
@blueprint.refuses(points.GET_PAST_BALANCE, statuses=NOT_OPEN_YET)
@blueprint.response(200, points.PastBalance)
def get_past_balance(query: dict[str, Any]) -> Any:
    """The balance as of any past instant, by two clocks; the same question always gets the same answer."""
    return _ask(points.GET_PAST_BALANCE, on_the_wire(query))


@blueprint.route("/statement")
@blueprint.signed_in
@blueprint.arguments(StatementQuery, location="query")
@blueprint.refuses(points.LIST_STATEMENT, statuses=NOT_OPEN_YET)
@blueprint.response(200, points.Statement)
def get_statement(query: dict[str, Any]) -> Any:
    """Every movement of points, newest first; with the two clocks, as it was."""
    return _ask(points.LIST_STATEMENT, on_the_wire(query))


@blueprint.route("/statement/<number:line_id>")
@blueprint.signed_in
@blueprint.arguments(WalletQuery, location="query")
@blueprint.refuses(points.GET_EXPLANATION, statuses=NOT_OPEN_YET)
@blueprint.response(200, points.Explanation)
def get_statement_line(query: dict[str, Any], line_id: str) -> Any:
    """Why the line is there: its buckets, its rule and the terms that held, the charges of its bill."""
    return _ask(points.GET_EXPLANATION, {**query, "line_id": line_id})


def _ask(contract: Query, query: dict[str, Any]) -> Any:
    return rpc(g.identity.actor).call(contract, {"member_id": g.identity.member_id, **query})
