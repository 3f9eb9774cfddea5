"""Genuine callbacks whose waybill nobody has booked (yet)."""

from typing import Any

from services.chassis.data.work import Work
from services.logistics.storage.scans import waiting_callbacks

TOLD = ("carrier", "waybill_no", "reference", "event_id", "status", "occurred_at", "parked_at")


def list_parked(work: Work, _request: dict[str, Any]) -> list[dict[str, Any]]:
    """Oldest first."""
    return [{name: getattr(row, name) for name in TOLD} for row in waiting_callbacks(work)]
