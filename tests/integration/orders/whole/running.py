"""One life of one order on the whole mall, with one failure or none, to its end."""

import itertools
from dataclasses import dataclass
from typing import Any

from tests.integration.orders.whole.books import ORDER, books_of, breaches
from tests.integration.orders.whole.failing import Failing, FailsOnce, Notes
from tests.integration.orders.whole.ground import Way
from tests.integration.orders.whole.lives import Buyer, Life
from tests.integration.orders.whole.mall import DoorCarrier, Partner, WholeMall
from tests.simulation.ground import Ground
from tests.simulation.logs import logs_in
from tests.simulation.mall import NeverAtRest, mall_on

NUMBERS = itertools.count()
ROUNDS = 2_000  # in which everything comes to rest
_TRACE = 200  # lines of it that are told


@dataclass
class Told:
    """How it went: ``order`` is its row in the end, ``trace`` for whoever has to find out why."""

    name: str
    order: Any
    breaches: list[str]
    asked: list[Failing]
    failed: Failing | None
    moments: list[str]
    trace: str

    @property
    def steps(self) -> set[str]:
        return {step["step"] for step in self.order.plan}

    def __str__(self) -> str:
        return "\n".join([self.name, *(f"NOT KEPT: {breach}" for breach in self.breaches), "", self.trace])


def run(ground: Ground, way: Way, life: Life, fails: frozenset[str] = frozenset(), fails_at: int | None = None) -> Told:
    chance = FailsOnce(fails, fails_at, life.late)
    notes = Notes(chance)
    with mall_on(ground, chance, WholeMall, DoorCarrier) as mall, logs_in(mall.scheduler.trace, mall.failures):
        mall.partner = Partner(mall.scheduler)
        before, buyer = books_of(mall, way), Buyer(mall, way, life, notes, next(NUMBERS))
        with notes.taken():
            buyer.live()
            try:
                mall.live(ROUNDS)
            except NeverAtRest as problem:
                mall.failures.append(str(problem))
        order = mall.stores["orders"].ask(ORDER, order_id=buyer.order_id)[0]
        found = list(breaches(mall, way, before, order))
        name = f"{way}; {life}; {chance.failed or 'nothing'} failed"
        trace = "\n".join(str(mall.scheduler.trace).splitlines()[:_TRACE])
        return Told(name, order, found, chance.asked, chance.failed, notes.moments, trace)
