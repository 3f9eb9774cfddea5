"""How far a bill run is."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.storage.bill_runs import counts_of_run


def get_bill_run(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's BillRun, with "period" and "refused_because"."""
    counts = counts_of_run(work, request["run_id"])
    if counts is None:
        raise Refused(contract.BILL_RUN_UNKNOWN, "there is no such bill run")
    return counts
