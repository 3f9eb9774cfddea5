"""What a booking changes in the buckets of one wallet, and what is left to spend after it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.points.domain.buckets import Share, spendable, total


@dataclass(frozen=True)
class Change:
    """Signed: so many points more in the bucket (pool, expires_on), and so many more of its points held."""

    pool: int
    expires_on: date
    remaining: int
    held: int

    @property
    def free(self) -> int:
        return self.remaining - self.held


def changed(shares: Iterable[Share], remaining: int = 0, held: int = 0) -> list[Change]:
    """``remaining`` and ``held`` say what a point of ``shares`` does there: +1, 0 or -1."""
    return [Change(s.pool, s.expires_on, remaining * s.points, held * s.points) for s in shares]


def together(changes: Iterable[Change]) -> list[Change]:
    """One change a bucket, in bucket order."""
    sums: dict[tuple[int, date], tuple[int, int]] = {}
    for change in changes:
        key = (change.pool, change.expires_on)
        remaining, held = sums.get(key, (0, 0))
        sums[key] = (remaining + change.remaining, held + change.held)
    return [Change(*key, *sums[key]) for key in sorted(sums)]


def available_after(free: Iterable[Share], changes: Iterable[Change], today: date) -> int:
    """``free`` was free before; what has expired does not count."""
    return total(spendable(free, today)) + sum(change.free for change in changes if change.expires_on >= today)
