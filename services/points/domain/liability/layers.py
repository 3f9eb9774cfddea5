"""Layers of points: those of one pool and expiry day that one source issued in one month."""

from dataclasses import dataclass
from datetime import date

from services.points.domain.liability.months import Month

# The ways in which points leave a layer
REDEEMED, MOVED, EXPIRED, UNDONE = "redeemed", "moved", "expired", "undone"

# Journals with both sides in wallets: what they bring takes its deferred revenue along. Each is a source of its own.
MOVES = ("gift", "exchange", "release")


@dataclass(frozen=True)
class Movement:
    """What came to all wallets and went from them (points >= 0) by one kind of journal that happened in ``month``.

    ``closed``: the last close knew of it.
    """

    unit: str
    pool: int
    expires_on: date
    month: Month
    kind: str
    source: str | None
    came: int
    went: int
    closed: bool = False


@dataclass(frozen=True, order=True)
class LayerKey:
    unit: str
    pool: int
    expires_on: date
    issued_in: Month
    source: str

    @property
    def life(self) -> int:
        """The age in months, from 0, at which its points can last be redeemed."""
        return Month.of(self.expires_on) - self.issued_in


@dataclass
class Layer:
    """Cumulative whole points. ``redeemed``: spent on orders, less refunds. ``moved``: exchanged for another unit, or
    given or released into another expiry day. ``undone``: clawed back, or taken away by an adjustment."""

    key: LayerKey
    issued: int = 0
    redeemed: int = 0
    moved: int = 0
    expired: int = 0
    undone: int = 0

    @property
    def left(self) -> int:
        return self.net - self.redeemed - self.expired

    @property
    def used(self) -> int:
        """What was moved is not lost: for the run-off it counts as redeemed."""
        return self.redeemed + self.moved

    @property
    def net(self) -> int:
        return self.issued - self.undone - self.moved

    def take(self, how: str, points: int) -> None:
        """``how`` is one of the four ways."""
        if how == REDEEMED:
            self.redeemed += points
        elif how == MOVED:
            self.moved += points
        elif how == EXPIRED:
            self.expired += points
        else:
            self.undone += points
