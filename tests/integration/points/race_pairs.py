"""Two operations on one wallet, in every order of their statements.

python -m tests.integration.points.race_pairs capture-release hold-expire
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from itertools import combinations_with_replacement
from typing import Any

import sqlalchemy as sa

from services.chassis.testkit import fresh_database
from services.chassis.testkit.databases import drop_templates
from services.chassis.testkit.interleaving import interleavings
from tests.integration.points.race_operations import ASKING, OPERATIONS, calm, outcome, perform
from tests.integration.points.race_scenes import Scene, Stage

ALONE = "bill-bill"  # two workers post two chunks, of other wallets
ALL = ["-".join(pair) for pair in combinations_with_replacement(OPERATIONS, 2)]
PAIRS = [pair for pair in ALL if pair != ALONE and ASKING not in pair]


class Meeting:
    """A pair of operations, as often as is asked for, each time in a scene of its own."""

    scene: Scene

    def __init__(self, stage: Stage, pair: str) -> None:
        self.stage, self.engine, self.names = stage, stage.engine, pair.split("-")
        self.props = set[str]().union(*(OPERATIONS[name].props for name in self.names))

    def deeds(self) -> list[Callable[[sa.Engine], Any]]:
        self.scene = scene = self.stage.scene(self.props)
        return [lambda engine, name=name: perform(engine, scene, name) for name in self.names]

    def one_after_the_other(self, first: int, second: int) -> tuple[Any, ...]:
        deeds, results = self.deeds(), ["", ""]
        for place in (first, second):
            results[place] = deeds[place](self.engine)
        return self.seen(results)

    def seen(self, results: list[Any]) -> tuple[Any, ...]:
        if self.props & {"expired", "overdue"}:
            calm(self.engine)
        return results, outcome(self.engine, self.scene)

    def breaches(self) -> Iterator[str]:
        """Orders of statements that end as neither of the two orders of the operations does."""
        lawful = [self.one_after_the_other(0, 1), self.one_after_the_other(1, 0)]
        for done in interleavings(self.engine, self.deeds):
            seen = self.seen(done.results)
            if seen not in lawful or done.deadlocked:
                yield f"{'-'.join(self.names)} {done.order}{' deadlock' * done.deadlocked}: {seen}, lawful: {lawful}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="+")
    found: list[Any] = []
    try:
        with fresh_database("points", pool_size=8) as engine:
            stage = Stage(engine)
            for pair in parser.parse_args().pairs:
                found += Meeting(stage, pair).breaches()
                print(pair, flush=True)
            found += stage.hands.ledger.breaches()
    finally:
        drop_templates()
    print(*found, sep="\n", end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
