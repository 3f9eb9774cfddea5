"""Stories of many seeds, each on a database of its own; one that fails is cut down to the steps that it takes.

python -m tests.integration.points.ledger_driver_runs --steps 2000 17 18 19
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from services.chassis.testkit import fresh_database
from services.chassis.testkit.databases import drop_templates
from tests.integration.points.ledger_driver import Story
from tests.integration.points.ledger_driver_chance import Step

Each = TypeVar("Each")
SHRINK_FOR_S = 60
MACHINE = "tests/integration/points/test_ledger_machine.py"
REPLAY = "MALL_LEDGER_SEEDS={seed} MALL_LEDGER_STEPS={steps} ./mall test " + MACHINE


@dataclass(frozen=True)
class Telling:
    """``steps`` that were taken, how often what was answered, and the ``problem`` of the last step if it failed."""

    seed: int
    steps: list[Step]
    tally: Counter[str]
    problem: str | None

    @property
    def kind(self) -> str:
        """Of problem: of two of one kind, one is as good as the other."""
        return ":".join((self.problem or "").split(":")[:2])


def tell(seed: int, steps: int) -> Telling:
    """The story of ``seed``."""
    return _told(seed, lambda story: story.invent(steps))


def retell(seed: int, steps: Sequence[Step]) -> Telling:
    """These steps of it."""
    return _told(seed, lambda story: steps)


def shrink(steps: list[Each], fails: Callable[[list[Each]], bool], until: float) -> list[Each]:
    """Fewer ``steps`` that fail too: ever smaller parts are left out, as long as there is time."""
    part = len(steps) // 2
    while part and time.monotonic() < until:
        start, before = 0, len(steps)
        while start < len(steps) and time.monotonic() < until:
            rest = steps[:start] + steps[start + part :]
            if fails(rest):
                steps = rest
            else:
                start += part
        part = part // 2 if part > 1 else int(len(steps) < before)
    return steps


def report(failed: Telling) -> str:
    """What went wrong, in which few steps, and how to see it again."""
    until = time.monotonic() + SHRINK_FOR_S
    few = shrink(failed.steps, lambda steps: retell(failed.seed, steps).kind == failed.kind, until)
    last = retell(failed.seed, few)
    return "\n".join(
        [
            f"seed {failed.seed}, step {len(failed.steps)}: {failed.problem}",
            f"again: {REPLAY.format(seed=failed.seed, steps=len(failed.steps))}",
            f"in {len(last.steps)} steps: {last.problem}",
            *(json.dumps(step) for step in last.steps),
        ]
    )


def _told(seed: int, steps_of: Callable[[Story], Iterable[Step]]) -> Telling:
    taken, problem = [], None
    with fresh_database("points", pool_size=3) as engine:
        story = Story(engine, seed)
        try:
            for step in steps_of(story):
                taken.append(step)
                story.take(step)
            story.audit()
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is what the story is told for
            problem = f"{type(fault).__name__}: {fault}"
        finally:
            story.close()
    return Telling(seed, taken, story.tally, problem)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", nargs="+", type=int)
    parser.add_argument("--steps", type=int, required=True)
    asked = parser.parse_args()
    try:
        for seed in asked.seeds:
            told = tell(seed, asked.steps)
            if told.problem:
                print(report(told))
                return 1
            print(json.dumps({"seed": seed, "steps": len(told.steps), "tally": told.tally}), flush=True)
    finally:
        drop_templates()
    return 0


if __name__ == "__main__":
    sys.exit(main())
