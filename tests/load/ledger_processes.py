"""The processes that write in a ledger: two, for a Python process has one core, as two replicas of the service are."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.load.children import ask_together, running
from tests.load.cpu import Group, group_of_pids

PROCESSES = 2


@dataclass(frozen=True)
class LedgerProcesses:
    processes: Sequence[subprocess.Popen[str]]

    @property
    def group(self) -> Group:
        return group_of_pids("python", [process.pid for process in self.processes])

    def ask(self, word: str, count: int, connections: int, among: int) -> list[float]:
        """``count`` deeds, ``connections`` at a time, all processes together; latencies in ms."""
        processes = len(self.processes)
        share = f"{word} {count // processes} {connections // processes} {among}"
        return [took for answer in ask_together(self.processes, share) for took in json.loads(answer)]


@contextmanager
def ledger_processes(module: str, url: str, connections: int, processes: int = PROCESSES) -> Iterator[LedgerProcesses]:
    """``module`` takes the address of its database and the size of its pool, and then lines of work."""
    pool = str(connections // processes)
    with ExitStack() as stack:
        yield LedgerProcesses([stack.enter_context(running(module, url, pool)) for _ in range(processes)])
