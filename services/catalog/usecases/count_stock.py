"""Stock is counted while the shop goes on: each figure is held against the books of its own moment."""

from typing import Any

from services.catalog.contract import (
    COUNT_INCOMPLETE,
    COUNT_LINES_WRONG,
    COUNT_NOT_OPEN,
    COUNT_OF_ONESELF,
    COUNT_UNKNOWN,
    OPEN_COUNT,
    STOCK_NOT_FREE,
)
from services.catalog.domain.counts import COUNT, took_part, uncounted, units_off
from services.catalog.domain.parcels import Portion
from services.catalog.storage import counts
from services.catalog.storage.count_policies import most_units_alone
from services.catalog.storage.counts import StockCount, change, read_count, show_count
from services.catalog.storage.levels import Cause, move_units
from services.catalog.storage.locks import lock_count, lock_levels
from services.catalog.usecases.set_place_state import known_place
from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.chassis.refusal import Refused

Request = dict[str, Any]


def open_count(work: Work, request: Request) -> dict[str, Any]:
    """The contract's StockCount; nothing is locked, sales go on."""
    known_place(work, request["place_id"])
    count_id, wanted = derived_id("cnt", OPEN_COUNT.address, request["request_id"]), set(request["element_ids"])
    found = counts.open_count(work, count_id, request["place_id"], request["reason"], sorted(wanted))
    if not found or wanted - set(found):
        raise Refused(COUNT_LINES_WRONG, "there is nothing of it to count", element_ids=sorted(wanted - set(found)))
    return show_count(work, count_id)


def record_count(work: Work, request: Request) -> dict[str, Any]:
    """What lies there at this moment."""
    count, told = _locked(work, request, "submit"), {line["element_id"]: line["counted"] for line in request["lines"]}
    if strange := sorted(set(told) - {line.element_id for line in count.lines}):
        raise Refused(COUNT_LINES_WRONG, "not part of this count", element_ids=strange)
    lock_levels(work, told)
    for element_id, counted in sorted(told.items()):
        counts.record(work, count.count_id, element_id, counted)
    return show_count(work, count.count_id)


def submit_count(work: Work, request: Request) -> dict[str, Any]:
    """What is off by little is posted at once; more needs another person."""
    count = _locked(work, request, "submit")
    if missing := uncounted(count.lines):
        raise Refused(COUNT_INCOMPLETE, "not everything is counted", element_ids=missing[:20])
    alone = units_off(count.lines) <= most_units_alone(work)
    if alone:
        _adjust(work, count)
    change(work, count, "post" if alone else "submit", "posted" if alone else "submitted")
    return show_count(work, count.count_id)


def approve_count(work: Work, request: Request) -> dict[str, Any]:
    """By somebody who neither counted nor submitted."""
    count = _locked(work, request, "approve")
    if took_part(work.context.actor, count.submitted_by or "", count.lines):
        raise Refused(COUNT_OF_ONESELF, "somebody else has to approve it")
    _adjust(work, count)
    change(work, count, "approve", "approved")
    return show_count(work, count.count_id)


def cancel_count(work: Work, request: Request) -> dict[str, Any]:
    """Its figures count for nothing; also how somebody says no to what was submitted."""
    count = _locked(work, request, "cancel")
    change(work, count, "cancel", request["reason"])
    return show_count(work, count.count_id)


def list_counts(work: Work, request: Request) -> dict[str, Any]:
    return {"counts": counts.list_counts(work, request)}


def _locked(work: Work, request: Request, event: str) -> StockCount:
    if not lock_count(work, request["count_id"]):
        raise Refused(COUNT_UNKNOWN, "there is no such count")
    count = read_count(work, request["count_id"])
    if not COUNT.allows(count.status, event):
        raise Refused(COUNT_NOT_OPEN, "it is settled or submitted already, or not yet", status=count.status)
    return count


def _adjust(work: Work, count: StockCount) -> None:
    """By the difference, not to the figure: what has moved since stays moved. What is promised cannot go missing."""
    off = {line.element_id: line.difference for line in count.lines if line.difference}
    levels = [level for level in lock_levels(work, off) if level.place_id == count.place_id]
    short = [level.element_id for level in levels if level.free + off[level.element_id] < 0]
    if short:
        raise Refused(STOCK_NOT_FREE, "more is promised there than was counted", element_ids=sorted(short))
    for sign in (+1, -1):
        portions = [Portion(one, count.place_id, abs(units)) for one, units in off.items() if units * sign > 0]
        cause = Cause("adjusted", sign, "stock count", count.count_id, document_id=count.count_id)
        move_units(work, portions, cause)
