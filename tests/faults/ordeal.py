"""One run from beginning to end: shoppers shop, troubles rage, everything comes to rest, everything is checked."""

import random
import time
from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.asked import History
from tests.faults.chaos import FaultLog
from tests.faults.checks import breaches
from tests.faults.evidence import Breach, Evidence
from tests.faults.parts import Parts
from tests.faults.report import accusation, report
from tests.faults.rest import Books
from tests.faults.returns import Counter
from tests.faults.shoppers import CANCELLED, Crowd, Shopper
from tests.faults.supplies import Supplies
from tests.load.failures import NeverCame


@dataclass
class Stage:
    """The running mall, and what an ordeal needs of it. ``history`` goes on from one ordeal to the next, as the books
    do; ``planted`` is what was put on the bus to be parked, ``deaths`` counts those of what was typed."""

    parts: Parts
    supplies: Supplies
    books: Books
    amqp_url: str
    staff_key: str
    history: History = field(default_factory=History)
    planted: set[bytes] = field(default_factory=set)
    logs: list[FaultLog] = field(default_factory=list)
    deaths: Tally[str] = field(default_factory=Tally)

    @property
    def evidence(self) -> Evidence:
        return Evidence(self.history, self.supplies, self.books, self.amqp_url, frozenset(self.planted))

    def crowd(self, seed: int, cancelled: float = CANCELLED) -> Crowd:
        return Crowd(
            [
                Shopper(
                    self.history.shop(self.supplies.url, buyer.token),
                    self.supplies.shelf,
                    Counter(self.history.shop(self.supplies.url, self.staff_key)),
                    self.history,
                    random.Random(f"{seed} {len(self.logs)} {place}"),  # new keys in every part
                    cancelled,
                )
                for place, buyer in enumerate(self.supplies.buyers)
            ]
        )


@dataclass(frozen=True)
class Verdict:
    """``accusation``: what broke, what was done before, and the timeline of an order that it is about."""

    report: str
    breaches: list[Breach]
    accusation: str


def undergo(stage: Stage, trouble: Callable[[FaultLog], None], seed: int, cancelled: float = CANCELLED) -> Verdict:
    """``trouble`` is made while everybody shops; what it did stands in the log. ``cancelled``: share of the orders."""
    log = FaultLog()
    stage.logs.append(log)
    with stage.crowd(seed, cancelled):
        trouble(log)
        stage.parts.wait_for_all()
        time.sleep(1)  # and some shopping when all is well again
    began = time.monotonic()
    drained_s = settled_s = float("nan")
    try:
        stage.books.wait_for_empty_outboxes()
        drained_s = time.monotonic() - began
        stage.books.wait_for_ends(list(stage.history.accepted_orders()))
        settled_s = time.monotonic() - began
    except NeverCame as never:
        log.lines.append(f"then: {never}")  # the checks say which
    found = breaches(stage.evidence)
    told = report(seed, log, stage.history, drained_s, settled_s)
    return Verdict(told, found, accusation(found, log, stage.books) if found else "")
