"""What came to and left a member's wallet, newest first; now, or as it was."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.statement_cursor import cursor_after, position_of
from services.points.storage.statements import NEWEST, past_statement_page, statement_page
from services.points.usecases.find_wallet import wallet_or_none
from services.points.usecases.get_past_balance import past_of


def list_statement(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Statement; ``next_cursor`` is null on the last page."""
    member_id, limit = request["member_id"], request["limit"]
    account_id = wallet_or_none(work, member_id, request["unit"])
    lines = _page(work, request, account_id, limit + 1)
    page = lines[:limit]
    more = len(lines) > limit
    return {"lines": page, "next_cursor": cursor_after(member_id, int(page[-1]["line_id"])) if more else None}


def _page(work: Work, request: dict[str, Any], account_id: int | None, most: int) -> list[dict[str, Any]]:
    before = _start(request["cursor"], request["member_id"])
    if request["happened_by"] is None and request["booked_by"] is None:
        return statement_page(work, account_id, before, most)
    past = past_of(work, account_id, request)
    return past_statement_page(work, account_id, before, most, past.happened_by, past.booked_by)


def _start(cursor: str | None, member_id: str) -> int:
    if cursor is None:
        return NEWEST
    position = position_of(cursor, member_id)
    if position is None:
        raise Refused(contract.CURSOR_INVALID, "this is not a cursor of this statement")
    return position
