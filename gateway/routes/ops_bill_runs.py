"""Bill runs, for operations: start one whose file lies in the drop folder, watch it, read its rejects."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.pages import WrittenInteger, limit_field
from gateway.requests import request_id_for, rpc
from services.chassis.contract import Call
from services.chassis.schemas import Request, choice, text
from services.points import contract as points

blueprint = MallBlueprint(
    "bill runs", __name__, url_prefix="/v1/ops/bill-runs", description="Bill runs, for operations"
)


def revision_field() -> WrittenInteger:
    bounds = points.OfBillRun().fields["revision"].validate
    return WrittenInteger(
        load_default=None, validate=bounds, metadata={"description": "The newest one, if it is not said"}
    )


class NewBillRun(Request):
    """A name in the drop folder; the file's header says which run it is."""

    file = text(200)


class RunsQuery(Request):
    state = choice(*points.BILL_RUN_STATES, load_default=None)
    limit = limit_field()
    cursor = text(200, load_default=None)


class RevisionQuery(Request):
    revision = revision_field()


class RejectsQuery(RevisionQuery):
    limit = limit_field()
    cursor = text(200, load_default=None)


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(NewBillRun, example={"file": "GD-2026-10.csv.gz"})
@blueprint.refuses(points.START_BILL_RUN)
@blueprint.response(202, points.BillRun)
def start_bill_run(body: dict[str, Any]) -> Any:
    """Begin to stage, check and post a file; it goes on by itself."""
    return _ask(points.START_BILL_RUN, {"request_id": request_id_for(g.staff.name), **body})


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(RunsQuery, location="query")
@blueprint.refuses(points.LIST_BILL_RUNS)
@blueprint.response(200, points.BillRuns)
def list_bill_runs(query: dict[str, Any]) -> Any:
    """All runs and revisions, newest first."""
    return _ask(points.LIST_BILL_RUNS, query)


@blueprint.route("/<run:run_id>")
@blueprint.for_staff("ops")
@blueprint.arguments(RevisionQuery, location="query")
@blueprint.refuses(points.GET_BILL_RUN)
@blueprint.response(200, points.BillRun)
def get_bill_run(query: dict[str, Any], run_id: str) -> Any:
    """How far a run is."""
    return _ask(points.GET_BILL_RUN, {"run_id": run_id, **query})


@blueprint.route("/<run:run_id>/rejects")
@blueprint.for_staff("ops")
@blueprint.arguments(RejectsQuery, location="query")
@blueprint.refuses(points.LIST_BILL_REJECTS)
@blueprint.response(200, points.BillRejects)
def list_bill_rejects(query: dict[str, Any], run_id: str) -> Any:
    """Its rejected lines with their numbers and reasons."""
    return _ask(points.LIST_BILL_REJECTS, {"run_id": run_id, **query})


@blueprint.route("/<run:run_id>/resumption", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(RevisionQuery, location="query")
@blueprint.refuses(points.RESUME_BILL_RUN)
@blueprint.response(202, points.BillRun)
def resume_bill_run(query: dict[str, Any], run_id: str) -> Any:
    """Go on with a run that stopped."""
    return _ask(points.RESUME_BILL_RUN, {"request_id": request_id_for(g.staff.name), "run_id": run_id, **query})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
