"""One schedule from its seed to its end, and the smallest one that still fails."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from tests.simulation.chance import Chance, Seeded
from tests.simulation.checks import breaches
from tests.simulation.ground import Ground, enrol, member_of
from tests.simulation.logs import logs_in
from tests.simulation.mall import Mall, NeverAtRest, mall_on
from tests.simulation.story import Member

REPLAY = "./mall test simulation --seed {}"
_TIMELINES = sa.text("""
    SELECT f.order_id, f.at, f.what, f.actor, f.details FROM order_fact f JOIN orders USING (order_id)
    WHERE member_id = :member_id ORDER BY f.order_id, f.id
""")


@dataclass
class Outcome:
    """``breaches``: what was not as promised; ``timelines``: what the orders say of themselves."""

    run: str
    breaches: list[str]
    mall: Mall
    timelines: list[str]
    faults: int = 0

    def __str__(self) -> str:
        """With what the scheduler did."""
        told = [*(f"NOT KEPT: {breach}" for breach in self.breaches), "", str(self.mall.scheduler.trace), ""]
        return "\n".join([*told, "Timelines of the orders:", *self.timelines])


def run_seed(ground: Ground, seed: int, without: frozenset[int] = frozenset()) -> Outcome:
    chance = Seeded(seed, without)
    outcome = run_with(ground, f"seed-{seed}", chance)
    outcome.faults = chance.faults
    return outcome


def run_with(ground: Ground, run: str, chance: Chance, begin: Callable[[Member], None] = Member.begin) -> Outcome:
    ground.prepare(run)
    enrol(ground.engines["points"], run)
    with mall_on(ground, chance) as mall, logs_in(mall.scheduler.trace, mall.failures):
        member = Member(mall, run)
        begin(member)
        try:
            mall.live()
        except NeverAtRest as problem:
            mall.failures.append(str(problem))
        return Outcome(run, breaches(mall, member), mall, _timelines(mall, run))


def smallest(fresh_ground: Callable[[], Ground], failed: Outcome, seed: int) -> Outcome:
    """The same with as few faults as let it fail. What failed leaves things undone, so each try has a ground of its
    own."""
    without: frozenset[int] = frozenset()
    for number in range(1, failed.faults + 1):
        fewer = run_seed(fresh_ground(), seed, without | {number})
        if fewer.breaches:
            failed, without = fewer, without | {number}
    return failed


def _timelines(mall: Mall, run: str) -> list[str]:
    facts = mall.stores["orders"].ask(_TIMELINES, member_id=member_of(run))
    return [f"{row.order_id[:12]} {row.at:%m-%d %H:%M:%S} {row.what} ({row.actor}) {row.details}" for row in facts]
