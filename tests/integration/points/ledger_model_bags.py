"""Bags of points: what the model of the ledger counts with. A bag is a Counter of points by ``(expires_on, pool)``."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services.points import contract

Bag = Counter[tuple[date, int]]


class No(Exception):
    """Refused, with this code."""


@dataclass(eq=False)
class Purse:
    """One wallet. ``held`` is what open holds drew; ``moves`` are all bookings, as (happened_at, bag)."""

    member_id: str
    unit: str
    free: Bag = field(default_factory=Counter)
    held: Bag = field(default_factory=Counter)
    earned: int = 0
    owed: int = 0
    moves: list[tuple[datetime, Bag]] = field(default_factory=list)

    def live(self, today: date) -> Bag:
        """What can be spent today."""
        return Counter({bucket: points for bucket, points in self.free.items() if bucket[0] >= today and points})

    def book(self, moved: Bag, happened_at: datetime) -> None:
        """Free points come (+) or go (-)."""
        self.free.update(moved)
        if any(moved.values()):
            self.moves.append((happened_at, moved))

    def as_of(self, happened_by: datetime | None, booked: int) -> Bag:
        """What the first ``booked`` bookings said of things that had happened by then."""
        then: Bag = Counter()
        for happened_at, moved in self.moves[:booked]:
            if happened_by is None or happened_at <= happened_by:
                then.update(moved)
        return then


@dataclass
class Earning:
    """What one accrual gave: ``kept`` went to the wallet, ``left`` may still be clawed back."""

    purse: Purse
    source: str
    kept: Bag
    left: int


def draw(bag: Bag, points: int, *, latest_first: bool = False) -> Bag:
    """``points`` out of ``bag``, or all of it if there are fewer."""
    drawn: Bag = Counter()
    for bucket in sorted(bag, reverse=latest_first):
        drawn[bucket] = min(bag[bucket], points - drawn.total())
    return +drawn


def less(bag: Bag) -> Bag:
    return Counter({bucket: -points for bucket, points in bag.items()})


def last_day(source: str, earned_on: date, unit: str) -> date:
    """On which points can be spent, by the policies of a story; the default is the end of the third year. Coins, and
    what was paid for, do not expire."""
    if unit == contract.COINS or source == "top_up":
        return date.max
    if source == "check_in":
        month_after_next = earned_on.replace(day=1) + timedelta(days=62)
        return month_after_next.replace(day=1) - timedelta(days=1)
    return {"review": date(earned_on.year, 12, 31), "survey": date.max}.get(source, date(earned_on.year + 2, 12, 31))
