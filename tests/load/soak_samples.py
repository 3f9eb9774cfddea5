"""What of a mall must not grow while it is used for long, looked at every few seconds."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from tests.load.cpu import Group
from tests.load.failures import BenchFailed
from tests.load.mall_work import MallWork, mall_work
from tests.load.memory import MB

EVERY_S = 10.0
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
OUTBOX_AGE_S = "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) FROM outbox"


@dataclass(frozen=True)
class Sample:
    """``at_s``: from the first one on. ``rss_mb`` by group of processes; ``files``: what all of them have open;
    ``connections`` to PostgreSQL; ``outbox_s``: age of the oldest event that is not yet published."""

    at_s: float
    rss_mb: dict[str, float]
    files: int
    connections: int
    outbox_s: float


class Sampler:
    def __init__(self, groups: Sequence[Group], work: MallWork) -> None:
        self._groups, self._work = groups, work
        self._started, self._over = time.monotonic(), threading.Event()
        self._problems: list[Exception] = []
        self.samples: list[Sample] = []

    def look_until_over(self) -> None:
        """For a thread of its own; what goes wrong is raised by ``stop``."""
        try:
            while not self._over.wait(EVERY_S):
                self.samples.append(self._look())
        except Exception as problem:  # noqa: BLE001 — told to whoever waits for the samples
            self._problems.append(problem)

    def stop(self, thread: threading.Thread) -> None:
        self._over.set()
        thread.join()
        if self._problems:
            raise BenchFailed(f"the mall could not be looked at: {self._problems[0]}")

    def _look(self) -> Sample:
        told = {group.name: _told_of(group) for group in self._groups}
        return Sample(
            time.monotonic() - self._started,
            {name: rss for name, (rss, _) in told.items()},
            sum(files for _, files in told.values()),
            int(self._work.highest(CONNECTIONS)),
            self._work.highest(OUTBOX_AGE_S),
        )


@contextmanager
def samples_of(groups: Sequence[Group]) -> Iterator[list[Sample]]:
    """The list grows until the end of the context."""
    with mall_work(os.environ["MALL_DATABASE_URL"]) as work:
        sampler = Sampler(groups, work)
        thread = threading.Thread(target=sampler.look_until_over, daemon=True)
        thread.start()
        try:
            yield sampler.samples
        finally:
            sampler.stop(thread)


def _told_of(group: Group) -> tuple[float, int]:
    """MB of RSS and open files of the group's processes."""
    try:
        told = [(process.memory_info().rss, process.num_fds()) for process in group.processes()]
    except psutil.Error as problem:
        raise BenchFailed(f"a process of {group.name} ended in the middle of the benchmark ({problem})") from None
    return sum(rss for rss, _ in told) / MB, sum(files for _, files in told)
