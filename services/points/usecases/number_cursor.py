"""Pages of numbered rows: the cursor is the number of the last one shown."""

from services.chassis.refusal import Refused
from services.points import contract

LARGEST_NUMBER = 2**63 - 1


def number_in(cursor: str | None, at_first: int) -> int:
    """``at_first`` where there is no cursor. Refuses cursor.invalid."""
    if cursor is None:
        return at_first
    if not (cursor.isascii() and cursor.isdigit()) or int(cursor) > LARGEST_NUMBER:
        raise Refused(contract.CURSOR_INVALID, "this is not a cursor of this list")
    return int(cursor)
