"""Which points of a wallet are drawn on, and to which they go back.

Points lie in buckets of (pool, expiry day). They are spent earliest expiring first, and a refund undoes the latest
draw first, so that what comes back is what would have lived longest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

NEVER = date.max  # the expiry day of points that do not expire; null on the wire


@dataclass(frozen=True)
class Share:
    """``points`` of the bucket (pool, expires_on)."""

    pool: int
    expires_on: date
    points: int


class NotEnough(Exception):
    """The shares do not add up to what was asked for. ``found`` is what they add up to."""

    def __init__(self, found: int) -> None:
        super().__init__(f"only {found} points there")
        self.found = found


def spendable(free: Iterable[Share], today: date) -> list[Share]:
    """What has not expired: points may be spent on their last day, and never after it, booked as expired or not."""
    return [share for share in free if share.expires_on >= today and share.points > 0]


def draw(free: Iterable[Share], points: int) -> list[Share]:
    """``points`` from ``free``, earliest expiring first; raises NotEnough."""
    return _take(sorted(free, key=lambda share: (share.expires_on, share.pool)), points)


def draw_up_to(free: Iterable[Share], points: int) -> list[Share]:
    """The same, or all there is if that is less."""
    there = list(free)
    return draw(there, min(points, total(there)))


def undraw(drawn: Iterable[Share], points: int) -> list[Share]:
    """``points`` of ``drawn``, latest expiring first; raises NotEnough."""
    return _take(sorted(drawn, key=lambda share: (share.expires_on, share.pool), reverse=True), points)


def revive(shares: Iterable[Share], today: date, grace_days: int) -> list[Share]:
    """The buckets that refunded points go to: their own, or one with a grace if that has expired meanwhile."""
    grace = today + timedelta(days=grace_days)
    return merged(share if share.expires_on >= today else replace(share, expires_on=grace) for share in shares)


def less(shares: Iterable[Share], taken: Iterable[Share]) -> list[Share]:
    """``shares`` without ``taken``, which must be among them."""
    left = merged([*shares, *(replace(share, points=-share.points) for share in taken)])
    return [share for share in left if share.points]


def overlap(some: Iterable[Share], others: Iterable[Share]) -> list[Share]:
    """What both have, bucket by bucket."""
    points = {(share.pool, share.expires_on): share.points for share in merged(others)}
    both = (
        replace(share, points=min(share.points, points.get((share.pool, share.expires_on), 0)))
        for share in merged(some)
    )
    return [share for share in both if share.points]


def merged(shares: Iterable[Share]) -> list[Share]:
    """One share a bucket, in bucket order."""
    sums: dict[tuple[int, date], int] = {}
    for share in shares:
        key = (share.pool, share.expires_on)
        sums[key] = sums.get(key, 0) + share.points
    return [Share(*key, points) for key, points in sorted(sums.items())]


def total(shares: Iterable[Share]) -> int:
    return sum(share.points for share in shares)


def wire_date(expires_on: date) -> str | None:
    return None if expires_on == NEVER else expires_on.isoformat()


def _take(ordered: Sequence[Share], points: int) -> list[Share]:
    taken, missing = [], points
    for share in ordered:
        part = min(share.points, missing)
        if part > 0:
            taken.append(replace(share, points=part))
            missing -= part
    if missing:
        raise NotEnough(points - missing)
    return taken
