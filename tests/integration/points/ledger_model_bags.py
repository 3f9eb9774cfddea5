"""Bags of points: what the model of the ledger counts with. A bag is a Counter of points by ``(expires_on, pool)``."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from services.points import contract

Bag = Counter[tuple[date, int]]
BOUGHT = (date.max, 1)  # the bucket of what was paid for


class No(Exception):
    """Refused, with this code."""


class Coin(NamedTuple):
    """One point that lies in BOUGHT: the how manieth that came there, and what it came by."""

    number: int
    came_by: Any


@dataclass(eq=False)
class Purse:
    """One wallet. ``held`` is what open holds drew; ``moves`` are all bookings, as (happened_at, bag).

    ``bought`` are the points in BOUGHT one by one, the first first; ``spent`` those of each order, by its id().
    """

    member_id: str
    unit: str
    free: Bag = field(default_factory=Counter)
    held: Bag = field(default_factory=Counter)
    earned: int = 0
    owed: int = 0
    moves: list[tuple[datetime, Bag]] = field(default_factory=list)
    bought: list[Coin] = field(default_factory=list)
    spent: dict[int, list[Coin]] = field(default_factory=dict)
    came: int = 0

    def live(self, today: date) -> Bag:
        """What can be spent today."""
        return Counter({bucket: points for bucket, points in self.free.items() if bucket[0] >= today and points})

    def book(self, moved: Bag, happened_at: datetime, cause: Any = None) -> None:
        """Free points come (+) or go (-). ``cause``: the top-up or the hold."""
        self.free.update(moved)
        if moved[BOUGHT] < 0:
            self._pass_on(-moved[BOUGHT], cause)
        else:
            self._take_in(moved[BOUGHT], cause)
        if any(moved.values()):
            self.moves.append((happened_at, moved))

    def left_of(self, cause: Any) -> int:
        """How many of the points that came by ``cause`` are there and not held; the first ones are held."""
        return sum(coin.came_by is cause for coin in self.bought[self.held[BOUGHT] :])

    def _pass_on(self, points: int, cause: Any) -> None:
        own = [coin for coin in self.bought if cause and coin.came_by is cause]
        gone = [*own, *(coin for coin in self.bought if coin not in own)][:points]
        self.bought = [coin for coin in self.bought if coin not in set(gone)]
        self.spent.setdefault(id(cause), []).extend(gone)

    def _take_in(self, points: int, cause: Any) -> None:
        """An order gives back what it took, the last first."""
        spent = self.spent.get(id(cause), []) if cause else []
        back = [spent.pop() for _ in range(min(points, len(spent)))]
        fresh = [Coin(self.came + number, cause) for number in range(points - len(back))]
        self.came += len(fresh)
        self.bought = sorted([*self.bought, *back, *fresh], key=lambda coin: coin.number)

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
