"""How far a bill run is."""

from typing import Any

from services.chassis.data.work import Work
from services.points.storage.bill_counts import counts_of_run
from services.points.storage.bill_runs import require_run


def get_bill_run(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's BillRun. Refuses bill_run.unknown."""
    return counts_of_run(work, require_run(work, request["run_id"], request["revision"]).no)
