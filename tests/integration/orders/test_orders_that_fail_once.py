"""Every order, of every flow and from every state, with every step failing once before and once after its effect, ends
fulfilled or with everything given back: points, coins, cash, stock, limits, codes, and what partners have switched on.

The mall is that of the simulation, on real databases and in virtual time. What can fail is not listed here: it is
what an order asks others for when it is lived through, and what it is lived through with follows from its flow.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.clock import FixedClock
from services.chassis.testkit import works_on
from services.orders import contract
from services.orders.domain.flows.flow import flows_for
from services.orders.storage.flows import flows_in_force
from services.orders.usecases.drive_orders import BACK, FORWARD
from services.orders.usecases.remittances.look_at_claims import find_overdue
from services.points.usecases.seal_journals import seal_journals
from tests.integration.orders.whole.failing import HOLDS, Failing
from tests.integration.orders.whole.ground import WAYS, Way, whole_ground
from tests.integration.orders.whole.lives import Life, called_off, lives_of
from tests.integration.orders.whole.running import Told, run
from tests.simulation.checks import audits
from tests.simulation.ground import BEGINS, Ground

pytestmark = pytest.mark.timeout(600)
AT_LEAST = 2  # things can fail when an order is called off: that it is asked, and that it is answered


@dataclass
class Lived:
    """All that orders of one way went through."""

    steps: set[str] = field(default_factory=set)
    failed: list[Failing] = field(default_factory=list)


class Book:
    """Each way is lived through once in this module. What went wrong leaves the mall in disorder: another one comes."""

    def __init__(self) -> None:
        self._stack, self._ground = ExitStack(), None
        self._lived: dict[Way, Lived] = {}

    @property
    def ground(self) -> Ground:
        self._ground = self._ground or self._stack.enter_context(whole_ground())
        return self._ground

    def close(self) -> None:
        self._stack.close()
        self._ground = None

    def run(self, way: Way, life: Life, end: str | None = None, **fails: Any) -> Told:
        told = run(self.ground, way, life, **fails)
        if told.breaches or end not in (None, told.order.status):
            self.close()  # what failed leaves things undone
            pytest.fail(f"{told.order.status}, {end or 'any end'} was expected: {told}", pytrace=False)
        self._lived[way].steps |= told.steps
        self._lived[way].failed += [told.failed] if told.failed else []
        return told

    def lived(self, way: Way) -> Lived:
        if way not in self._lived:
            self._lived[way] = Lived()
            try:
                self._live(way)
            except BaseException:
                del self._lived[way]
                raise
        return self._lived[way]

    def audits(self) -> list[str]:
        """Long after, when timers have sealed the ledger and missed what carriers have not paid over."""
        clock = FixedClock(BEGINS + timedelta(days=60))
        seal_journals(works_on(self.ground.engines["points"], clock))
        find_overdue(works_on(self.ground.engines["orders"], clock))
        return audits(self.ground, clock)

    def _live(self, way: Way) -> None:
        """Each aspect that can fail does once; each time that the order is called off, something does."""
        first = self.run(way, Life())
        for life in lives_of(first.steps):
            told = first if life == Life() else self.run(way, life)
            self._fail_each(way, life, told, told.order.status)
        for number, moment in enumerate(first.moments):
            told = self.run(way, called_off(moment), fails_at=1 + number % AT_LEAST)
            assert told.failed, told
            self._fail_each(way, called_off(moment), told, None)

    def _fail_each(self, way: Way, life: Life, told: Told, end: str | None) -> None:
        """Of what is one aspect another thing fails in another way; of calls that neither hold nor give back, in every
        other way before, and in every other way after their effect. What is asked only because something failed, may
        not come again."""
        unseen: dict[object, list[Failing]] = {}
        turn = ("before", "after")[WAYS.index(way) % 2]
        for failing in told.asked:
            if not failing.matters_everywhere and (way.is_bundle or failing.when != turn):
                continue
            if failing.number == 1 or failing.aspect not in unseen:
                unseen.setdefault(failing.aspect, []).append(failing)
        for failing in self._lived[way].failed:
            unseen.pop(failing.aspect, None)
        chosen = {str(failings[WAYS.index(way) % len(failings)]) for failings in unseen.values()}
        while chosen and (again := self.run(way, life, end, fails=frozenset(chosen))).failed:
            chosen.remove(str(again.failed))


@pytest.fixture(scope="module")
def book() -> Iterator[Book]:
    made = Book()
    yield made
    made.close()


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_whatever_fails_once_an_order_ends_fulfilled_or_given_back(book: Book, way: Way) -> None:
    lived = book.lived(way)
    failed = {(failing.step, failing.when) for failing in lived.failed if failing.step}
    assert failed == {(errand, when) for errand in errands_of(way, lived.steps) for when in ("before", "after")}
    held = {failing.aspect for failing in lived.failed if failing.what.startswith(HOLDS) and not failing.step}
    assert len(held) == 6  # goods, points and coins
    assert book.audits() == []


def errands_of(way: Way, steps: set[str]) -> set[tuple[str, bool]]:
    """Nobody calls off what is out: codes that were handed over, goods that were allotted."""
    errands = {(step, False) for step in FORWARD} | {(step, True) for step in BACK}
    kept = {("carry", True), ("provision", True)} if contract.CODE in way.deliveries else set()
    kept |= {("carry", True)} if way.variant == contract.PRESALE else set()
    return {errand for errand in errands - kept if errand[0] in steps}


def test_every_flow_and_every_step_was_gone_through(book: Book) -> None:
    with works_on(book.ground.engines["orders"], FixedClock(BEGINS)).begin() as work:
        flows = flows_in_force(work)
    gone = [flow for way in WAYS for flow in flows_for(flows, way.deliveries, way.variant)]
    assert [flow for flow in flows if flow not in gone] == []
    steps = {step for flow in flows for step, _ in flow.steps}
    assert steps == {step for way in WAYS for step in book.lived(way).steps}
    assert {*FORWARD, *BACK} <= steps
