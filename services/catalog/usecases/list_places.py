"""Warehouses and business halls, in the order of use."""

from typing import Any

from services.catalog.storage import places
from services.chassis.data.work import Work


def list_places(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    return {"places": places.list_places(work, request["kind"])}
