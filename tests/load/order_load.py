"""One measured load of orders: answers first, then everything they bring about, then the CPU is read."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from tests.load.cpu import Group
from tests.load.failures import WrongAnswer
from tests.load.frame import NOTHING, Measured, measure, without
from tests.load.http_driver import Load

CREATED = 201


class OrderSide(Protocol):
    def place(self, orders: int, connections: int) -> Load: ...

    def settle(self, load: Load) -> None: ...


def measure_orders(
    side: OrderSide, groups: Sequence[Group], orders: int, connections: int, idle: Mapping[str, float] = NOTHING
) -> Measured:
    """CPU until all follow-up work is done, without the ``idle`` ms a second that a group uses on somebody else's
    account; ``per_second`` until the last answer was there."""
    loads: list[Load] = []

    def run() -> list[float]:
        loads.append(side.place(orders, connections))
        insist_on_created(loads[0])
        side.settle(loads[0])
        return loads[0].latencies_ms

    measured = without(idle, measure(groups, orders, run))
    return replace(measured, per_second=loads[0].per_second)


def insist_on_created(load: Load) -> None:
    for answer in load.answers:
        if answer.status != CREATED:
            raise WrongAnswer(f"an order was answered {answer.status}: {answer.body[:500].decode(errors='replace')}")


def idle_ms_per_second(groups: Sequence[Group], seconds: float) -> dict[str, float]:
    """What these groups use while nobody asks for anything: the mall's own timers look into its databases."""
    before = {group.name: group.milliseconds() for group in groups}
    started = time.perf_counter()
    time.sleep(seconds)
    passed = time.perf_counter() - started
    return {group.name: (group.milliseconds() - before[group.name]) / passed for group in groups}
