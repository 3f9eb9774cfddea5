"""Whatever a schedule leaves to chance: drawn from one seed, so that the same seed is the same schedule."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Protocol, TypeVar

Item = TypeVar("Item")
MOST_FAULTS = (0, 1, 2, 3, 4, 6, 9)
CRASHES = (" dies ", " loses its database ")  # how they are told


class Chance(Protocol):
    """``pick``: which of ``options`` goes on; ``fault``: whether something goes wrong here."""

    def pick(self, options: int) -> int: ...

    def fault(self, what: str, odds: float) -> bool: ...

    def happens(self, odds: float) -> bool: ...

    def between(self, least: float, most: float) -> float: ...


class Seeded:
    """A few faults at most, so that a schedule gets somewhere. ``without``: numbers of faults that are left out, by
    which a failing schedule is made smaller."""

    def __init__(self, seed: int, without: frozenset[int] = frozenset()) -> None:
        self._random = Random(seed)
        self._without = without
        self._left = self._random.choice(MOST_FAULTS)
        self.faults = 0
        self.on_fault: Callable[[int, str], None] = lambda number, what: None

    def pick(self, options: int) -> int:
        return self._random.randrange(options) if options > 1 else 0

    def fault(self, what: str, odds: float) -> bool:
        if self._random.random() >= odds or not self._left:
            return False
        self._left -= 1
        self.faults += 1
        if self.faults in self._without:
            return False
        self.on_fault(self.faults, what)
        return True

    def happens(self, odds: float) -> bool:
        return self._random.random() < odds

    def between(self, least: float, most: float) -> float:
        return self._random.uniform(least, most)


class Scripted:
    """No chance at all: the first goes on and nothing goes wrong, but where ``deviations`` says so (the number of the
    question, and the answer). Only questions that are asked while it is ``armed`` count; ``asked`` has how many answers
    each had."""

    def __init__(self, deviations: Mapping[int, int]) -> None:
        self._deviations = deviations
        self.armed = False
        self.asked: list[int] = []
        self.on_fault: Callable[[int, str], None] = lambda number, what: None

    def pick(self, options: int) -> int:
        return self._answer(options) if options > 1 else 0

    def fault(self, what: str, odds: float) -> bool:
        """Of all faults the crashes alone."""
        if not any(crash in what for crash in CRASHES) or not self._answer(2):
            return False
        self.on_fault(len(self.asked), what)
        return True

    def happens(self, odds: float) -> bool:
        return False

    def between(self, least: float, most: float) -> float:
        return least

    def _answer(self, options: int) -> int:
        if not self.armed:
            return 0
        self.asked.append(options)
        return self._deviations.get(len(self.asked) - 1, 0)


def all_scripts(run: Callable[[Scripted], None], most: int) -> int:
    """Runs every script with at most so many deviations, crashes and unusual turns together; how many there were."""
    waiting: list[dict[int, int]] = [{}]
    done = 0
    while waiting:
        script = Scripted(deviations := waiting.pop())
        run(script)
        done += 1
        if len(deviations) < most:
            for number in range(max(deviations, default=-1) + 1, len(script.asked)):
                waiting += [{**deviations, number: answer} for answer in range(1, script.asked[number])]
    return done


def one_of(chance: Chance, items: Sequence[Item]) -> Item:
    return items[chance.pick(len(items))]
