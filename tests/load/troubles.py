"""What befell the mall while it was measured. It goes on, and so does the benchmark; but there are no figures then."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.load.cpu import Group
from tests.load.failures import BenchFailed
from tests.load.frame import Row


@dataclass
class Troubles:
    told: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        if what not in self.told:
            self.told.append(what)


class Disturbed(BenchFailed):
    """Done to the end, but not undisturbed: ``rows`` say what was done."""

    def __init__(self, troubles: Troubles, rows: Sequence[Row]) -> None:
        super().__init__("; ".join(troubles.told))
        self.rows = list(rows)


@dataclass(frozen=True)
class Watched(Group):
    """That one of its processes ended is noted; what it used nobody knows any more."""

    troubles: Troubles

    def milliseconds(self) -> float:
        try:
            return super().milliseconds()
        except BenchFailed as problem:
            self.troubles.note(str(problem))
            return math.nan


def watched(groups: Sequence[Group], troubles: Troubles) -> list[Group]:
    return [Watched(group.name, group.roots, troubles) for group in groups]
