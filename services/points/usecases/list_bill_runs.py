"""Bill runs, newest first, and their rejected lines in the order of the file."""

from typing import Any

from services.chassis.data.work import Work
from services.points.storage.bill_counts import rejects_of_run, runs_before
from services.points.storage.bill_runs import require_run
from services.points.usecases.number_cursor import LARGEST_NUMBER, number_in


def list_bill_runs(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's BillRuns; ``next_cursor`` is null on the last page."""
    limit = request["limit"]
    found = runs_before(work, number_in(request["cursor"], LARGEST_NUMBER), request["state"], limit + 1)
    page = found[:limit]
    return {"runs": page, "next_cursor": str(page[-1]["no"]) if len(found) > limit else None}


def list_bill_rejects(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's BillRejects. Refuses bill_run.unknown."""
    run, limit = require_run(work, request["run_id"], request["revision"]), request["limit"]
    found = rejects_of_run(work, run.no, number_in(request["cursor"], 0), limit + 1)
    page = found[:limit]
    return {"rejects": page, "next_cursor": str(page[-1]["line_no"]) if len(found) > limit else None}
