"""Pieces of work that run at the same time, statement by statement, in every order that the database lets them have.

Each contender has a thread and an engine of its own, which stops before every statement and every commit until it is
its turn. One that waits for a lock of another is passed over until it has got it. So the orders of two transactions can
be gone through one after the other, where a race at random would hit a few of them, and again and again the same.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from services.chassis.testkit.contenders import Contender, Deed, Watch, watching


@dataclass
class Interleaving:
    """One order of events. ``results`` are values or exceptions, as the contenders were given; ``order`` says whose
    turn it was, e.g. ``"AAABAB"``; ``deadlocked``: at some time all waited, until the database broke one off."""

    results: list[Any] = field(default_factory=list)
    order: str = ""
    deadlocked: bool = False
    choices: list["Choice"] = field(default_factory=list)


@dataclass(frozen=True)
class Choice:
    """Who could go on, who did, and who had gone on before.

    ``stalled``: it met a lock at once; ``released``: it ended a transaction.
    """

    ready: tuple[int, ...]
    chosen: int
    before: int | None
    stalled: bool = False
    released: bool = False

    @property
    def preempts(self) -> bool:
        return self.before in self.ready and self.chosen != self.before


@dataclass(frozen=True)
class _Branch:
    """A beginning of an order that leaves the ``trunk`` with its last choice."""

    trunk: list[Choice]
    beginning: list[int]

    @property
    def place(self) -> int:
        return len(self.beginning) - 1


def interleavings(
    engine: sa.Engine, prepare: Callable[[], Sequence[Deed]], preemptions: int = 1
) -> Iterator[Interleaving]:
    """All orders in which contenders are broken off at most ``preemptions`` times while they could go on.

    ``prepare`` makes a new situation and gives the contenders: what each does with an engine of its own. With one
    preemption each is stopped once after each of its statements, and the other runs to its end or to a lock. An order
    is left out if it is one of those told already: whoever met a lock at once meets it until a transaction ends.
    """
    with watching(engine) as watch:
        branches = [_Branch([], [])]
        while branches:
            branch = branches.pop()
            done = _Run(engine, prepare(), watch).go(branch.beginning)
            yield done
            if branch.beginning and done.choices[branch.place].stalled:
                branches = [one for one in branches if not _is_the_same(one, branch)]
            branches.extend(reversed(list(_branches_of(done.choices, len(branch.beginning), preemptions))))


def _branches_of(trunk: list[Choice], known: int, preemptions: int) -> Iterator[_Branch]:
    """Those that leave it behind its first ``known`` choices."""
    for place in range(known, len(trunk)):
        at, before = trunk[place], trunk[:place]
        for other in at.ready:
            preempted = [*before, Choice(at.ready, other, at.before)]
            if other != at.chosen and sum(choice.preempts for choice in preempted) <= preemptions:
                yield _Branch(trunk, [choice.chosen for choice in before] + [other])


def _is_the_same(later: _Branch, stalled: _Branch) -> bool:
    """The one that stalled would stall there, too: no transaction has ended in between."""
    if later.trunk is not stalled.trunk or later.beginning[-1] != stalled.beginning[-1]:
        return False
    between = stalled.trunk[stalled.place : later.place]
    return stalled.place < later.place and not any(choice.released for choice in between)


class _Run:
    """One order, from its prepared situation to the end of all contenders."""

    def __init__(self, engine: sa.Engine, deeds: Sequence[Deed], watch: Watch) -> None:
        self.contenders, self.watch = [Contender(engine, deed) for deed in deeds], watch
        self.told = Interleaving()

    def go(self, beginning: Sequence[int]) -> Interleaving:
        """First as ``beginning`` says, then whoever ran last goes on as long as it can."""
        for contender in self.contenders:
            contender.settle(self.watch)
        last: int | None = None
        while ready := self._ready():
            place = len(self.told.choices)
            wanted = beginning[place] if place < len(beginning) else last
            chosen = wanted if wanted in ready else ready[0]
            self.told.order += "ABCDEFGH"[chosen]
            self.contenders[chosen].step(self.watch)
            self.told.choices.append(self._made(ready, chosen, last))
            last = chosen
        self.told.results = [contender.result for contender in self.contenders]
        return self.told

    def _made(self, ready: tuple[int, ...], chosen: int, before: int | None) -> Choice:
        contender = self.contenders[chosen]
        return Choice(ready, chosen, before, contender.waits, contender.released or contender.done)

    def _ready(self) -> tuple[int, ...]:
        """Who can go on; if all are locked out, whoever the database lets go first."""
        stuck = False
        while True:
            if self._locks_were_released() or stuck:
                for contender in self.contenders:
                    if contender.waits:
                        contender.settle(self.watch)
            going = [(place, one) for place, one in enumerate(self.contenders) if not one.done]
            ready = tuple(place for place, one in going if not one.waits)
            if ready or not going:
                return ready
            self.told.deadlocked |= stuck
            stuck = True

    def _locks_were_released(self) -> bool:
        """Since this was asked last. Only the end of a transaction releases any."""
        released = any(contender.released for contender in self.contenders)
        for contender in self.contenders:
            contender.released = False
        return released
