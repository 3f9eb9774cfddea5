"""What the ledger says at a cut-off, and that the report says the same."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.points.domain.liability.cost_flow import Flow
from services.points.domain.liability.layers import Movement
from services.points.domain.liability.rows import ledger_rows


class DoesNotTie(RuntimeError):
    """The ledger, its wallets or an earlier close contradict each other: a fault that somebody must look at."""


@dataclass(frozen=True)
class LedgerReading:
    """One moment of the ledger, points per unit. ``movements`` of wallets within the cut-off; ``beyond`` it, the
    wallets' entries that happened or were booked later; ``others``, the entries of all other accounts within it;
    ``wallets``, what stands on the wallets' rows now."""

    movements: Sequence[Movement]
    beyond: Mapping[str, int]
    others: Mapping[str, int]
    wallets: Mapping[str, int]


def outstanding(movements: Sequence[Movement]) -> dict[str, int]:
    """Points of all wallets, by unit."""
    sums: dict[str, int] = defaultdict(int)
    for each in movements:
        sums[each.unit] += each.came - each.went
    return dict(sums)


def require_ties(ledger: LedgerReading, flow: Flow, closed: Sequence[Mapping[str, Any]]) -> None:
    """Raises DoesNotTie. ``closed``: what the last close knew of the ledger, by unit and kind of journal."""
    there = outstanding(ledger.movements)
    for unit in sorted(there.keys() | ledger.wallets.keys() | ledger.others.keys()):
        points = there.get(unit, 0)
        _require(points + ledger.beyond.get(unit, 0), ledger.wallets.get(unit, 0), f"{unit} on the wallets")
        _require(points, -ledger.others.get(unit, 0), f"{unit} on all other accounts")
        layers = sum(layer.left for layer in flow.layers if layer.key.unit == unit)
        _require(points, layers - flow.unplaced.get(unit, 0), f"{unit} in layers")
    _require(ledger_rows(each for each in ledger.movements if each.closed), list(closed), "what the last close knew")


def _require(found: object, expected: object, what: str) -> None:
    if found != expected:
        raise DoesNotTie(f"entries say {found}, {what} {expected}")
