"""Where a statement page ends, as an opaque text that is good for one member's statement only."""

import hashlib
import re

_SHAPE = re.compile(r"([0-9a-f]{1,16})-([0-9a-f]{12})\Z")


def cursor_after(member_id: str, journal_id: int) -> str:
    position = f"{journal_id:x}"
    return f"{position}-{_check(member_id, position)}"


def position_of(cursor: str, member_id: str) -> int | None:
    """The journal id that the page must stay below; None if this is no cursor of this member's statement."""
    shape = _SHAPE.match(cursor)
    if not shape or shape[2] != _check(member_id, shape[1]) or int(shape[1], 16) >= 2**63:
        return None
    return int(shape[1], 16)


def _check(member_id: str, position: str) -> str:
    return hashlib.sha256(f"{member_id}:{position}".encode()).hexdigest()[:12]
