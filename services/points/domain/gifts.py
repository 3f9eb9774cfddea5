"""How much members may give each other. The limits themselves are rows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GiftLimit:
    """Points, but for ``gifts_a_day``. Days and months are those of the calendar in China."""

    smallest: int
    largest: int
    points_a_day: int
    points_a_month: int
    gifts_a_day: int


@dataclass(frozen=True)
class Given:
    """What a member gave before, this day and this month."""

    points_today: int
    points_this_month: int
    gifts_today: int


@dataclass(frozen=True)
class BrokenLimit:
    """``limit`` names the field of GiftLimit, ``allowed`` is its value, ``found`` what the gift would make of it."""

    limit: str
    allowed: int
    found: int


def broken_limit(limit: GiftLimit, given: Given, points: int) -> BrokenLimit | None:
    """The first limit that a gift of ``points`` would break; None if it may be given."""
    if points < limit.smallest:
        return BrokenLimit("smallest", limit.smallest, points)
    most = {
        "largest": points,
        "points_a_day": given.points_today + points,
        "points_a_month": given.points_this_month + points,
        "gifts_a_day": given.gifts_today + 1,
    }
    broken = (BrokenLimit(name, getattr(limit, name), found) for name, found in most.items())
    return next((one for one in broken if one.found > one.allowed), None)
