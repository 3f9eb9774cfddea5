"""Adjustments as those see them who have to decide."""

from typing import Any

from services.chassis.data.work import Work
from services.points.storage.adjustments import lines_of
from services.points.usecases.second_person import ADJUSTMENT, find_asked, page_of


def list_adjustments(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Adjustments; ``next_before`` is null on the last page."""
    page, next_before = page_of(work, ADJUSTMENT, request)
    return {"adjustments": page, "next_before": next_before}


def get_adjustment(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's AdjustmentWithLines."""
    found = find_asked(work, ADJUSTMENT, request["adjustment_id"])
    return {**found._mapping, "all_lines": [line._asdict() for line in lines_of(work, found.adjustment_id)]}
