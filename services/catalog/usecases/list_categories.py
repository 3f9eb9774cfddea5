"""The category tree, for menus."""

from typing import Any

from services.catalog.storage.categories import all_categories
from services.chassis.data.work import Work


def list_categories(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    return {"categories": all_categories(work)}
