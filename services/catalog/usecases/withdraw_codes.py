"""Codes that nobody bought leave the stock for good: a partner takes them back, or they have expired."""

from collections.abc import Sequence
from typing import Any

import structlog

from services.catalog.contract import CODES_WRONG, GOODS_UNKNOWN, STOCK_NOT_FREE
from services.catalog.domain.allocation import in_turn
from services.catalog.domain.parcels import Level
from services.catalog.storage.codes import elements_with_expired_codes, maker_of_codes
from services.catalog.storage.codes import withdraw_codes as write_withdrawn
from services.catalog.storage.levels import Cause, level_of, move_units
from services.catalog.storage.locks import lock_free_codes, lock_levels
from services.chassis.clock import local_date
from services.chassis.data.work import Work, Works
from services.chassis.ids import new_id
from services.chassis.refusal import Refused

log = structlog.get_logger(__name__)


def withdraw_codes(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """Those named, or all that nobody was promised; refuses if one of those named is not free any more, or if so many
    are promised to orders that too few would be left."""
    element_id, named = request["element_id"], request.get("codes")
    if maker_of_codes(work, element_id) is None:
        raise Refused(GOODS_UNKNOWN, "no such element with codes", element_ids=[element_id])
    levels = lock_levels(work, [element_id])
    free, unpromised = lock_free_codes(work, element_id, named), _units(levels)
    if named is not None and len(free) != len(set(named)):
        raise Refused(CODES_WRONG, "not free codes of this element", missing=len(set(named)) - len(free))
    if named is not None and len(free) > unpromised:
        raise Refused(STOCK_NOT_FREE, "more than are free of orders", element_id=element_id, free=unpromised)
    gone = free[:unpromised]
    _write_off(work, element_id, levels, gone, request["reason"], f"withdraw_codes {request['request_id']}")
    return {"element_id": element_id, "moved": len(gone), **(level_of(work, element_id) or {})}


def withdraw_expired_codes(works: Works) -> int:
    """How many; those that orders were promised stay, so that their orders fail loudly rather than get less."""
    with works.begin() as work:
        today = local_date(work.now)
        elements = elements_with_expired_codes(work, today)
    gone = 0
    for element_id in elements:
        with works.begin() as work:
            levels = lock_levels(work, [element_id])
            expired = lock_free_codes(work, element_id, expired_on=today)
            taken = expired[: _units(levels)]
            _write_off(work, element_id, levels, taken, "expired", f"expired {new_id('req')}")
        gone += len(taken)
        log.info("codes_expired", element_id=element_id, withdrawn=len(taken), promised=len(expired) - len(taken))
    return gone


def _units(levels: Sequence[Level]) -> int:
    return sum(level.free for level in levels)


def _write_off(
    work: Work, element_id: str, levels: Sequence[Level], gone: Sequence[int], reason: str, key: str
) -> None:
    if gone:
        move_units(work, in_turn(element_id, len(gone), levels), Cause("written_off", -1, reason, key))
        write_withdrawn(work, gone)
