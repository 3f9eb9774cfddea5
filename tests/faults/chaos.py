"""Trouble in a seeded order, while the shop is open: every kind so many times, none by chance left out."""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.faults.parts import Parts
from tests.faults.troubles import Trouble


@dataclass
class FaultLog:
    """What was done when (seconds since the beginning), and how long it took until what was struck was ready again."""

    began: float = field(default_factory=time.monotonic)
    lines: list[str] = field(default_factory=list)
    recovered_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def lasted_s(self) -> float:
        return time.monotonic() - self.began

    def note(self, kind: str) -> None:
        self.lines.append(f"{self.lasted_s:7.2f} s  {kind}")

    def make(self, trouble: Trouble, parts: Parts) -> None:
        self.note(trouble.kind)
        self.recovered_s[trouble.kind].append(trouble.make(parts))


def schedule(kinds: Sequence[Trouble], rounds: int, rng: random.Random) -> list[Trouble]:
    """Every kind ``rounds`` times, in an order of its own in each round."""
    return [trouble for _ in range(rounds) for trouble in rng.sample(kinds, len(kinds))]


def rage(parts: Parts, troubles: Sequence[Trouble], seed: int, lanes: int = 1) -> Callable[[FaultLog], None]:
    """One after the other, with short pauses that let the shop do something in between; ``lanes`` at the same time."""

    def make_them_all(log: FaultLog) -> None:
        with ThreadPoolExecutor(lanes) as pool:
            list(pool.map(lambda lane: _rage_in(lane, log), range(lanes)))

    def _rage_in(lane: int, log: FaultLog) -> None:
        pauses = random.Random(f"{seed} {lane}")
        for trouble in troubles[lane::lanes]:
            log.make(trouble, parts)
            time.sleep(pauses.uniform(0.2, 0.7))

    return make_them_all
