"""Adjustments as those see them who have to decide."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.storage import adjustments

NEWEST = 2**63 - 1


def list_adjustments(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Adjustments; ``next_before`` is null on the last page."""
    limit = request["limit"]
    found = adjustments.list_page(work, request["state"], request["before"] or NEWEST, limit + 1)
    page = found[:limit]
    return {"adjustments": page, "next_before": page[-1]["no"] if len(found) > limit else None}


def get_adjustment(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's AdjustmentWithLines."""
    found = adjustments.find_adjustment(work, request["adjustment_id"])
    if found is None:
        raise Refused(contract.ADJUSTMENT_UNKNOWN, "there is no such adjustment")
    lines = adjustments.lines_of(work, found.adjustment_id)
    return {**vars(found), "all_lines": [line._asdict() for line in lines]}
