"""One process, no threads, no real time: tasks take turns where they say so, and time is what the clock says."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from greenlet import getcurrent, greenlet

from services.chassis.clock import FixedClock
from tests.simulation.chance import Chance


class Crash(BaseException):
    """The process that does it is dead. No use case can catch it."""


@dataclass
class Trace:
    """What happened, in order; written only when somebody wants to read it."""

    clock: FixedClock
    began: datetime
    entries: list[tuple[datetime, str]] = field(default_factory=list)

    def note(self, what: str) -> None:
        self.entries.append((self.clock.now(), what))

    def __str__(self) -> str:
        return "\n".join(f"{_elapsed(at - self.began):>14}  {what}" for at, what in self.entries)


def _elapsed(since: timedelta) -> str:
    days, hours = f"{since.days}d " if since.days else "", since.seconds // 3600
    minutes, seconds = since.seconds // 60 % 60, since.seconds % 60 + since.microseconds / 1e6
    return f"{days}{hours:02}:{minutes:02}:{seconds:06.3f}"


class Scheduler:
    """Which of the tasks that can go on goes on, chance decides; time passes only when none can."""

    def __init__(self, chance: Chance, clock: FixedClock) -> None:
        self.chance, self.clock = chance, clock
        self.trace = Trace(clock, clock.now())
        self._loop = getcurrent()
        self._ready: list[greenlet] = []
        self._timers: list[tuple[datetime, int, greenlet]] = []
        self._numbers = 0

    def spawn(self, name: str, do: Callable[[], object], after_s: float = 0) -> None:
        task = greenlet(lambda: self._run(name, do), parent=self._loop)
        if after_s:
            self._wake_later(task, after_s)
        else:
            self._ready.append(task)

    def pause(self) -> None:
        """Whoever can go on may go on first. Nothing, outside of a task."""
        task = getcurrent()
        if task is not self._loop and self._ready:
            self._ready.append(task)
            self._loop.switch()

    def sleep(self, seconds: float) -> None:
        task = getcurrent()
        if task is not self._loop:
            self._wake_later(task, seconds)
            self._loop.switch()

    def run_what_can_go_on(self) -> None:
        while self._ready:
            self._ready.pop(self.chance.pick(len(self._ready))).switch()

    @property
    def next_timer(self) -> datetime | None:
        return self._timers[0][0] if self._timers else None

    def advance_to(self, instant: datetime) -> None:
        """Never back; whoever waited for a time that has come can go on."""
        self.clock.instant = max(self.clock.instant, instant)
        while self._timers and self._timers[0][0] <= self.clock.instant:
            self._ready.append(heapq.heappop(self._timers)[2])

    def _wake_later(self, task: greenlet, seconds: float) -> None:
        self._numbers += 1
        heapq.heappush(self._timers, (self.clock.now() + timedelta(seconds=seconds), self._numbers, task))

    def _run(self, name: str, do: Callable[[], object]) -> None:
        try:
            do()
        except Crash:
            self.trace.note(f"{name}: died")
