"""A member's row in the two forms that the published language knows."""

from typing import Any

from services.members.domain.phones import masked

_SHARED = ("member_id", "subscriber_no", "email", "name", "language", "state", "tier", "enrolled_at")


def card_of(row: Any) -> dict[str, Any]:
    """MemberCard: for other services, with the full number."""
    return _shared(row) | {"phone": row.phone, "channel": row.channel}


def member_of(row: Any) -> dict[str, Any]:
    """Member: for the member and for ops, with the number masked."""
    return _shared(row) | {"phone_masked": masked(row.phone), "qualifying_points": row.qualifying_points}


def _shared(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _SHARED}
