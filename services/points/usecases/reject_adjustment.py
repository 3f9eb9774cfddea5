"""An adjustment that is not to be posted."""

from typing import Any

from services.chassis.data.work import Work
from services.points.storage.adjustments import ADJUSTMENTS
from services.points.storage.locks import lock_adjustment
from services.points.usecases.second_person import ADJUSTMENT, find_undecided


def reject_adjustment(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's AdjustmentRejected."""
    lock_adjustment(work, request["adjustment_id"])
    adjustment = find_undecided(work, ADJUSTMENT, request["adjustment_id"])
    ADJUSTMENTS.decide(work, adjustment.adjustment_id, "reject", because=request["reason"])
    return {"adjustment_id": adjustment.adjustment_id}
