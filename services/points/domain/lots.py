"""Of which top-up the points are that a wallet has: first in, first out, worked out from what was booked.

A lot is what one journal brought to one bucket. Nothing is stored of lots: whoever has the entries can work them out
again. Points leave a bucket oldest lot first; what undoes an earlier journal takes the lot of that journal first; and
what an order gives back returns to the lots that the order drew on, also where it comes to another bucket.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from services.points.domain.buckets import Share, merged


@dataclass(frozen=True)
class Move:
    """One entry of the wallet: signed ``points`` of the bucket that ends on ``expires_on``, booked on ``day``.

    ``order_id``: the order that spent them or gave them back; ``corrects``: the journal that this one undoes.
    """

    journal_id: int
    expires_on: date
    points: int
    day: date
    order_id: str | None = None
    corrects: int | None = None


class _Lot(NamedTuple):
    """Sorts oldest first. ``origin`` is the journal that brought it."""

    origin: int
    expires_on: date


class Lots:
    """What is left of each lot after ``moves`` of one wallet and pool, in the order of their booking."""

    def __init__(self, moves: Iterable[Move]) -> None:
        self._left: Counter[_Lot] = Counter()
        self._drawn: defaultdict[str | None, Counter[_Lot]] = defaultdict(Counter)
        for move in moves:
            if move.points < 0:
                self._go(move)
            else:
                self._come(move)

    def set_aside(self, free: Sequence[Share]) -> None:
        """What is not ``free`` is held, hence as good as spent: oldest lots first."""
        free_on = {share.expires_on: share.points for share in merged(free)}
        for expires_on in {lot.expires_on for lot in self._left}:
            there = sum(points for lot, points in self._left.items() if lot.expires_on == expires_on)
            self._take(expires_on, there - free_on.get(expires_on, 0))

    def of(self, origin: int, pool: int) -> list[Share]:
        """What is left of what the journal ``origin`` brought, bucket by bucket."""
        return [Share(pool, lot.expires_on, points) for lot, points in self._left.items() if lot.origin == origin]

    def _go(self, move: Move) -> None:
        taken = self._take(move.expires_on, -move.points, move.corrects)
        if move.order_id is not None:
            self._drawn[move.order_id].update(taken)

    def _come(self, move: Move) -> None:
        drawn, missing = self._drawn[move.order_id], move.points
        for lot in sorted(drawn, key=lambda lot: _likeness(lot, move), reverse=True):
            part = min(drawn[lot], missing)
            drawn[lot] -= part
            missing -= part
            self._left[_Lot(lot.origin, move.expires_on)] += part
        self._left[_Lot(move.journal_id, move.expires_on)] += missing
        self._left = +self._left  # without those that are used up

    def _take(self, expires_on: date, points: int, first: int | None = None) -> Counter[_Lot]:
        lots = sorted(lot for lot in self._left if lot.expires_on == expires_on)
        taken: Counter[_Lot] = Counter()
        for lot in sorted(lots, key=lambda lot: lot.origin != first):
            taken[lot] = min(self._left[lot], points - taken.total())
        self._left -= taken
        return +taken


def _likeness(lot: _Lot, move: Move) -> tuple[bool, bool, date, int]:
    """Whence an order's points come back: of the same bucket, else of one that was over by then; the latest first."""
    return lot.expires_on == move.expires_on, lot.expires_on < move.day, lot.expires_on, lot.origin
