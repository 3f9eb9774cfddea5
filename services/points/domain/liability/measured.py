"""What a layer is in money at a cut-off, and what changed in it since the last close."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.chassis.money import split_by_weight
from services.points.domain.liability.layers import LayerKey
from services.points.domain.liability.months import Month
from services.points.domain.liability.recognition import MILLION, whole


@dataclass(frozen=True)
class Measured:
    """A layer at a cut-off: cumulative points, and fen. ``allocated`` was put aside for all that was issued,
    ``expected`` are the points expected to be redeemed in all (millionths), ``earned`` is the revenue to date."""

    key: LayerKey
    issued: int = 0
    redeemed: int = 0
    moved: int = 0
    expired: int = 0
    undone: int = 0
    allocated: int = 0
    expected: int = 0
    earned: int = 0

    @property
    def net(self) -> int:
        return self.issued - self.undone - self.moved

    @property
    def left(self) -> int:
        return self.net - self.redeemed - self.expired

    @property
    def parts(self) -> tuple[int, int, int]:
        """What is allocated to points that are kept, moved and undone."""
        if not self.issued:
            return 0, 0, 0
        kept, moved, undone = split_by_weight(self.allocated, [self.net, self.moved, self.undone])
        return kept, moved, undone

    @property
    def kept(self) -> int:
        return self.parts[0]

    @property
    def deferred(self) -> int:
        return self.kept - self.earned

    @property
    def expected_left(self) -> int:
        """Whole points of what is left that are expected to be redeemed."""
        return whole(self.expected - self.redeemed * MILLION)

    def as_row(self) -> list[Any]:
        key = self.key
        return [
            key.unit, key.pool, key.expires_on.isoformat(), str(key.issued_in), key.source, self.issued,
            self.redeemed, self.moved, self.expired, self.undone, self.allocated, self.expected, self.earned,
        ]  # fmt: skip

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> "Measured":
        unit, pool, expires_on, issued_in, source, *amounts = row
        return cls(LayerKey(unit, pool, date.fromisoformat(expires_on), Month.parse(issued_in), source), *amounts)


@dataclass(frozen=True)
class Change:
    """Fen of deferred revenue: ``opening + deferred + moved - undone - redeemed - expired - re_estimated = closing``.

    ``moved`` came with points from another unit or expiry day, or went with them (-). ``redeemed`` is what redemption
    earned (less refunds) as the last close would have it, its share of breakage included; ``expired`` what expiry
    earned; ``re_estimated`` what the new expectation makes of all of it.
    """

    opening: int
    deferred: int
    moved: int
    undone: int
    redeemed: int
    expired: int
    re_estimated: int
    closing: int
