"""Stock counts, for operations."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.bodies import Because
from gateway.documents import EXAMPLE_UUID
from gateway.pages import limit_field
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog
from services.chassis.contract import Call
from services.chassis.schemas import Request, choice, identifier, listed, text

blueprint = MallBlueprint("counts", __name__, url_prefix="/v1/ops/stock-counts", description="Stock counts")
FIGURES = {"lines": [{"element_id": f"elm_{EXAMPLE_UUID}", "counted": 38}]}


class NewCount(Request):
    """``element_ids`` empty: all that ever lay there."""

    place_id = identifier("whs")
    element_ids = listed(identifier("elm"), longest=catalog.LARGEST_COUNT, load_default=list)
    reason = text(200)


class Figures(Request):
    lines = listed(catalog.CountedUnits, shortest=1, longest=catalog.LARGEST_COUNT)


class CountsQuery(Request):
    status = choice(*catalog.COUNT_STATES, load_default=None)
    limit = limit_field()


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(NewCount, example={"place_id": f"whs_{EXAMPLE_UUID}", "reason": "end of month"})
@blueprint.refuses(catalog.OPEN_COUNT)
@blueprint.response(201, catalog.StockCount)
def open_count(body: dict[str, Any]) -> Any:
    """What lies in a place is to be counted; sales go on."""
    return _ask(catalog.OPEN_COUNT, {"request_id": request_id_for(g.staff.name), **body})


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(CountsQuery, location="query")
@blueprint.refuses(catalog.LIST_COUNTS)
@blueprint.response(200, catalog.StockCounts)
def list_counts(query: dict[str, Any]) -> Any:
    """Newest first."""
    return _ask(catalog.LIST_COUNTS, query)


@blueprint.route("/<id('cnt'):count_id>/figures", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Figures, example=FIGURES)
@blueprint.refuses(catalog.RECORD_COUNT)
@blueprint.response(200, catalog.StockCount)
def record_count(body: dict[str, Any], count_id: str) -> Any:
    """What was counted, at this moment; a figure given again replaces the one before."""
    return _move(catalog.RECORD_COUNT, count_id, **body)


@blueprint.route("/<id('cnt'):count_id>/submission", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.refuses(catalog.SUBMIT_COUNT)
@blueprint.response(200, catalog.StockCount)
def submit_count(count_id: str) -> Any:
    """Settle the difference, alone if it is small."""
    return _move(catalog.SUBMIT_COUNT, count_id)


@blueprint.route("/<id('cnt'):count_id>/approval", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.refuses(catalog.APPROVE_COUNT)
@blueprint.response(200, catalog.StockCount)
def approve_count(count_id: str) -> Any:
    """Settle what somebody else has counted and submitted."""
    return _move(catalog.APPROVE_COUNT, count_id)


@blueprint.route("/<id('cnt'):count_id>/cancellation", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "to be counted again"})
@blueprint.refuses(catalog.CANCEL_COUNT)
@blueprint.response(200, catalog.StockCount)
def cancel_count(body: dict[str, Any], count_id: str) -> Any:
    """Its figures count for nothing."""
    return _move(catalog.CANCEL_COUNT, count_id, **body)


def _move(contract: Call, count_id: str, **more: Any) -> Any:
    return _ask(contract, {"request_id": request_id_for(g.staff.name), "count_id": count_id, **more})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
