"""Operators decide how much of something one member may get."""

from typing import Any

from services.catalog.contract import GOODS_UNKNOWN, LIMIT_BACKDATED
from services.catalog.storage.import_checks import is_known
from services.catalog.storage.limits import add_limit, decided_limits
from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.chassis.refusal import Refused
from services.chassis.schemas import to_wire


def set_limit(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """A new row; rows of before stay. What members have used counts on."""
    effective_from = request["effective_from"] or work.now
    if effective_from < work.now:
        raise Refused(LIMIT_BACKDATED, "a limit cannot take effect in the past")
    if not is_known(work, request["subject"]):
        raise Refused(GOODS_UNKNOWN, "no such goods, SKU or element", subject=request["subject"])
    decided = {name: value for name, value in request.items() if name != "request_id"}
    made = {"limit_id": limit_id_of(request), "effective_from": effective_from, "actor": work.context.actor}
    add_limit(work, {**decided, **made})
    return {**decided, **made}


def list_limits(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    return {"limits": decided_limits(work, request["subject"])}


def limit_id_of(request: dict[str, Any]) -> str:
    """One for a subject and period, and for the begin of a campaign."""
    begins = request["window_from"]
    return derived_id("lim", request["subject"], request["period"], to_wire(begins) if begins else "")
