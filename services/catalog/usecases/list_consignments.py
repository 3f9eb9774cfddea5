"""What is on its way, what was, and what is wanted: newest first."""

from typing import Any

from services.catalog.storage import consignments
from services.chassis.data.work import Work


def list_consignments(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    return {"consignments": consignments.list_consignments(work, request)}
