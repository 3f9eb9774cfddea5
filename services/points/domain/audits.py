"""Which part of the ledger an hourly audit looks at at a time, and what is known to be broken."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

INCREMENTAL, FULL = "incremental", "full"
Breach = dict[str, Any]  # {"name", "found"}: a rule and its offenders as texts


@dataclass(frozen=True)
class Slice:
    """A range of final journals with so many journals and entries."""

    first: int
    last: int
    lines: int


@dataclass(frozen=True)
class AuditRun:
    kind: str
    upto_journal: int
    findings: list[Breach]


def merged_slices(blocks: Iterable[Slice], most_lines: int) -> Iterator[Slice]:
    """Neighbours together, up to ``most_lines``; a block of more stays by itself."""
    open_slice: Slice | None = None
    for block in blocks:
        if open_slice and open_slice.lines + block.lines <= most_lines:
            open_slice = Slice(open_slice.first, block.last, open_slice.lines + block.lines)
        else:
            if open_slice:
                yield open_slice
            open_slice = block
    if open_slice:
        yield open_slice


def known_breaches(runs: Sequence[AuditRun]) -> dict[str, int]:
    """How many offenders by rule. ``runs``: the newest full audit and all behind it, oldest first.

    What an incremental audit found stays known until a full one finds it no more: nobody touches it again by chance.
    """
    found: dict[str, int] = {}
    for run in runs:
        if run.kind == FULL:
            found = {}
        for breach in run.findings:
            found[breach["name"]] = max(found.get(breach["name"], 0), len(breach["found"]))
    return found
