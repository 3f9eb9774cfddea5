"""A partner's codes come in as the partner made them: all of a file or none of it."""

from typing import Any

from services.catalog.contract import CODES_NOT_OF_PARTNER, CODES_WRONG, GOODS_UNKNOWN, PARTNER_CODES
from services.catalog.domain.code_files import last_day_said, wrong_rows
from services.catalog.domain.parcels import Portion
from services.catalog.storage.codes import import_codes as write_codes
from services.catalog.storage.codes import known_codes, maker_of_codes
from services.catalog.storage.levels import Cause, level_of, move_units, open_levels
from services.catalog.storage.locks import lock_levels
from services.catalog.storage.places import receiving_warehouse
from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def import_codes(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The level afterwards. A refusal names rows, never codes: these are money."""
    element_id, rows = request["element_id"], request["codes"]
    require_partners(work, element_id)
    numbers = [row["code"] for row in rows]
    if wrong := wrong_rows(rows, known_codes(work, numbers), local_date(work.now)):
        raise Refused(CODES_WRONG, "nothing of the file came in", rows=wrong)
    place = receiving_warehouse(work)
    open_levels(work, [element_id], place)
    lock_levels(work, [element_id])
    key = f"import_codes {request['request_id']}"
    move_units(work, [Portion(element_id, place, len(rows))], Cause("received", +1, request["reason"], key))
    if write_codes(work, element_id, [(row["code"], last_day_said(row)) for row in rows]) != len(rows):
        raise Refused(CODES_WRONG, "some of them were imported just now: the same file again says which", rows=[])
    return {"element_id": element_id, "moved": len(rows), **(level_of(work, element_id) or {})}


def require_partners(work: Work, element_id: str) -> None:
    if level_of(work, element_id) is None:
        raise Refused(GOODS_UNKNOWN, "no such element", element_ids=[element_id])
    if maker_of_codes(work, element_id) != PARTNER_CODES:
        raise Refused(CODES_NOT_OF_PARTNER, "its codes are made here, or it has none", element_id=element_id)
