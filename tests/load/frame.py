"""The frame of every benchmark: interleaved pairs, medians, ratios, goals."""

import json
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from tests.load.cpu import Group, load_average


@dataclass(frozen=True)
class Measured:
    """One side of one pair: CPU-ms per operation by process group, operations a second, latencies in ms."""

    cpu_ms: dict[str, float]
    per_second: float
    latencies_ms: list[float] = field(default_factory=list)

    @property
    def cpu_total(self) -> float:
        return sum(self.cpu_ms.values())

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies_ms)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


@dataclass(frozen=True)
class Row:
    """``ratio`` = ours / reference; ``met`` compares it (or ours, where there is no reference) with the goal."""

    id: str
    what: str
    unit: str
    ours: float
    reference: float | None
    ratio: float | None
    goal: str
    met: bool | None


Side = Callable[[], Measured]
NOTHING: Mapping[str, float] = {}


def measure(groups: Sequence[Group], operations: int, run: Callable[[], list[float]]) -> Measured:
    """Run ``run`` (it returns latencies in ms) and divide what the groups used by ``operations``."""
    before = {group.name: group.milliseconds() for group in groups}
    started = time.perf_counter()
    latencies = run()
    seconds = time.perf_counter() - started
    used = {group.name: (group.milliseconds() - before[group.name]) / operations for group in groups}
    return Measured(used, operations / seconds, latencies)


def without(idle: Mapping[str, float], measured: Measured) -> Measured:
    """Without the ``idle`` ms a second that a group uses on somebody else's account."""
    own = {name: ms - idle.get(name, 0.0) / measured.per_second for name, ms in measured.cpu_ms.items()}
    return replace(measured, cpu_ms=own)


def interleave(pairs: int, ours: Side, reference: Side) -> tuple[list[Measured], list[Measured]]:
    """A warm-up of each, then pairs whose order changes, so that a drift of the machine hits both alike."""
    ours()
    reference()
    mine: list[Measured] = []
    theirs: list[Measured] = []
    for pair in range(pairs):
        sides = [(ours, mine), (reference, theirs)]
        for side, results in sides if pair % 2 == 0 else reversed(sides):
            results.append(side())
    return mine, theirs


def compare(
    row_id: str,
    what: str,
    unit: str,
    mine: list[float],
    theirs: list[float],
    goal: float | None = None,
    at_most: bool = True,
) -> Row:
    """Medians of both sides; the goal, if there is one, is on the median of the ratios of the pairs."""
    ratio = statistics.median(a / b for a, b in zip(mine, theirs, strict=True))
    ours, reference = statistics.median(mine), statistics.median(theirs)
    stated, met = "", None
    if goal is not None:
        stated, met = (f"<= {goal} x", ratio <= goal) if at_most else (f">= {goal} x", ratio >= goal)
    return Row(row_id, what, unit, round(ours, 3), round(reference, 3), round(ratio, 3), stated, met)


def plain(row_id: str, what: str, unit: str, value: float, goal: float | None = None, at_most: bool = True) -> Row:
    """A figure without a reference; ``goal`` (if any) is an upper bound, or a lower one."""
    stated, met = "", None
    if goal is not None:
        stated, met = (f"<= {goal}", value <= goal) if at_most else (f">= {goal}", value >= goal)
    return Row(row_id, what, unit, round(value, 3), None, None, stated, met)


def rates(runs: Sequence[Measured]) -> list[float]:
    return [run.per_second for run in runs]


def rows_of_cpu(goal: str, side: str, runs: Sequence[Measured], operation: str) -> list[Row]:
    """What every group of processes of one side used for an operation."""
    microseconds = {name: [run.cpu_ms[name] * 1000 for run in runs] for name in runs[0].cpu_ms}
    return [
        plain(f"{goal}.{side}.{name}", f"{side}: {name}", f"CPU-us/{operation}", statistics.median(used))
        for name, used in microseconds.items()
    ]


def report(bench: str, rows: list[Row], as_json: bool) -> None:
    document = {"bench": bench, "commit": _commit(), "load": load_average(), "rows": [asdict(row) for row in rows]}
    if as_json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    print(f"{bench} · commit {document['commit']} · load {document['load']}")
    print(f"  {'':<22}{'ours':>12}{'reference':>12}{'ratio':>8}  {'goal':<10}{'':<5}what")
    for row in rows:
        mark = {True: "✓", False: "✗", None: ""}[row.met]
        shown = [f"{value:,.2f}" if value is not None else "" for value in (row.ours, row.reference, row.ratio)]
        print(
            f"  {row.id:<22}{shown[0]:>12}{shown[1]:>12}{shown[2]:>8}  {row.goal:<10}{mark:<5}{row.what} ({row.unit})"
        )


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
