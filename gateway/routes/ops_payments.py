"""Providers' bills and what differs from them, for finance."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.bodies import Because
from gateway.pages import limit_field, on_the_wire
from gateway.requests import request_id_for, rpc
from services.chassis.contract import Call
from services.chassis.schemas import Request, choice, day
from services.orders import contract as orders

blueprint = MallBlueprint("ops_payments", __name__, url_prefix="/v1/ops/payments", description="For finance")


class BillsSought(Request):
    provider = choice(*orders.PROVIDERS, allow_none=True)
    limit = limit_field(50)


class DifferencesSought(Request):
    """What is left out does not matter."""

    provider = choice(*orders.PROVIDERS, allow_none=True)
    state = choice(*orders.DIFFERENCE_STATES, allow_none=True)
    what = choice(*orders.DIFFERENCES, allow_none=True)
    day = day(allow_none=True)
    limit = limit_field(50)


@blueprint.route("/bills", methods=["GET"])
@blueprint.for_staff("finance")
@blueprint.arguments(BillsSought, location="query")
@blueprint.refuses(orders.LIST_BILLS)
@blueprint.response(200, orders.ProviderBills)
def list_bills(query: dict[str, Any]) -> Any:
    """Providers' daily bills: those that came, with their sums, and those that are waited for, with what is wrong."""
    return _ask(orders.LIST_BILLS, query)


@blueprint.route("/differences", methods=["GET"])
@blueprint.for_staff("finance")
@blueprint.arguments(DifferencesSought, location="query")
@blueprint.refuses(orders.LIST_DIFFERENCES)
@blueprint.response(200, orders.BillDifferences)
def list_differences(query: dict[str, Any]) -> Any:
    """What differs between the bills and our books, and how much is in suspense."""
    return _ask(orders.LIST_DIFFERENCES, on_the_wire(query))


@blueprint.route("/differences/<id('dif'):difference_id>/explanation", methods=["POST"])
@blueprint.for_staff("finance")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "paid out by hand, receipt 17"})
@blueprint.refuses(orders.EXPLAIN_DIFFERENCE)
@blueprint.response(200, orders.BillDifference)
def explain_difference(body: dict[str, Any], difference_id: str) -> Any:
    """Close a difference with its explanation, which stays; no money moves by it."""
    request = {"request_id": request_id_for(g.staff.name), "difference_id": difference_id, **body}
    return _ask(orders.EXPLAIN_DIFFERENCE, request)


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
