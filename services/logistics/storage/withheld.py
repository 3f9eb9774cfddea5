"""Pieces that are not sent, of orders that go on without them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.answers import AnsweredMeanwhile
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.logistics.storage.tables import withheld_piece

_PIECES = Planned(
    "withheld_of",
    "SELECT line_no, sum(quantity) AS pieces FROM withheld_piece WHERE order_id = :order_id GROUP BY line_no",
)


def record_withheld(work: Work, request: Mapping[str, Any]) -> None:
    """Needs the order's lock. Raises AnsweredMeanwhile if somebody else did it for the same request: before anything
    is changed, or a carrier asked, once more."""
    of_request = {name: request[name] for name in ("request_id", "order_id", "reason")} | {"withheld_at": work.now}
    rows = [{**of_request, **line} for line in request["lines"]]
    if work.execute(insert(withheld_piece).values(rows).on_conflict_do_nothing()).rowcount < len(rows):
        raise AnsweredMeanwhile(request["request_id"])


def withheld_of(work: Work, order_id: str) -> dict[int, int]:
    """Pieces by number of the line."""
    return {row.line_no: row.pieces for row in work.execute(_PIECES, {"order_id": order_id})}
