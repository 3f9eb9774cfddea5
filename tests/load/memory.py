"""Memory by process group, from the operating system's own accounting."""

from dataclasses import dataclass

import psutil

from tests.load.cpu import Group
from tests.load.failures import BenchFailed

MB = 1_000_000


@dataclass(frozen=True)
class Memory:
    """In MB. A page that several processes share counts in the RSS of each, and in their PSS by equal parts: only PSS
    adds up to what the machine has given away."""

    rss: float
    pss: float


def memory_of(group: Group) -> Memory:
    try:
        told = [process.memory_full_info() for process in group.processes()]
    except psutil.Error as problem:
        raise BenchFailed(f"the memory of {group.name} cannot be read ({problem})") from None
    return Memory(sum(each.rss for each in told) / MB, sum(each.pss for each in told) / MB)
