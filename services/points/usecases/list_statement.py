"""What came to and left a member's wallet, newest first."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.statement_cursor import cursor_after, position_of
from services.points.storage.statements import NEWEST, statement_page
from services.points.storage.wallets import find_wallet_id


def list_statement(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Statement; ``next_cursor`` is null on the last page."""
    member_id, limit = request["member_id"], request["limit"]
    account_id = find_wallet_id(work, member_id)
    if account_id is None:
        raise Refused(contract.ACCOUNT_UNKNOWN, "the member has no account")
    lines = statement_page(work, account_id, _start(request["cursor"], member_id), limit + 1)
    page = lines[:limit]
    more = len(lines) > limit
    return {"lines": page, "next_cursor": cursor_after(member_id, int(page[-1]["line_id"])) if more else None}


def _start(cursor: str | None, member_id: str) -> int:
    if cursor is None:
        return NEWEST
    position = position_of(cursor, member_id)
    if position is None:
        raise Refused(contract.CURSOR_INVALID, "this is not a cursor of this statement")
    return position
