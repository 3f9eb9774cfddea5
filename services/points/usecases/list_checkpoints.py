"""Checkpoints, newest first. They are meant to be published: whoever keeps one can tell if the past was changed."""

from typing import Any

from services.chassis.data.work import Work
from services.points.storage.checkpoints import checkpoints_below
from services.points.usecases.number_cursor import LARGEST_NUMBER, number_in


def list_checkpoints(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Checkpoints; ``next_cursor`` is null on the last page."""
    before = number_in(request["cursor"], at_first=LARGEST_NUMBER)
    found = checkpoints_below(work, request["unit"], before, request["limit"] + 1)
    page = found[: request["limit"]]
    more = len(found) > len(page)
    return {"checkpoints": [one.document() for one in page], "next_cursor": str(page[-1].no) if more else None}
