"""The parts of the report: sums over measured layers and movements, so that whatever way it is cut, it ties."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.points.domain.buckets import NEVER
from services.points.domain.liability.breakage import RunOff
from services.points.domain.liability.layers import Movement
from services.points.domain.liability.measured import Change
from services.points.domain.liability.measurement import Step
from services.points.domain.liability.months import Month
from services.points.domain.liability.recognition import whole
from services.points.domain.liability.terms import Terms

UNPLACED = "unplaced"  # the source of points that left before any came
LINES = ("opening", "deferred", "moved", "undone", "redeemed", "expired", "re_estimated", "closing")


@dataclass(frozen=True)
class Cut:
    """``day`` is the last day that counts; points that expire before ``spendable_from`` can be spent no more."""

    month: Month
    day: date
    spendable_from: date


def outstanding_rows(steps: Sequence[Step], unplaced: dict[str, int], terms: Terms, cut: Cut) -> list[dict[str, Any]]:
    """What is there, by unit, expiry month (None: never) and source.

    ``value_fen`` is what the points would buy, ``expected_points`` those expected to be redeemed yet, ``deferred_fen``
    what is deferred for them.
    """
    rows = [
        _outstanding(unit, expires_in, source, group, terms.worth_of(unit, cut.day))
        for (unit, expires_in, source), group in _grouped(steps, _place)
    ]
    rows += [_unplaced(unit, points, terms.worth_of(unit, cut.day)) for unit, points in sorted(unplaced.items())]
    return [row for row in rows if row["points"]]


def source_rows(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """What became of each source's deferred revenue, and how many of all points it issued are expected to be redeemed:
    ``estimated_points`` of those left by history, the others by assumption."""
    return [
        {
            "unit": unit,
            "source": source,
            "fen": _roll_forward(each.change for each in group),
            "issued_points": sum(each.after.net for each in group),
            "redeemed_points": sum(each.after.redeemed for each in group),
            "expected_points": sum(each.after.expected_left for each in group),
            "left_points": sum(each.after.left for each in group),
            "estimated_points": sum(each.after.left for each in group if each.estimated),
        }
        for (unit, source), group in _grouped(steps, lambda each: (each.after.key.unit, each.after.key.source))
    ]


def unit_rows(steps: Sequence[Step], movements: Sequence[Movement], closed: Month | None, cut: Cut) -> list[dict]:
    """The roll-forward of each unit: points as the ledger booked them, fen as measured. ``belated`` is what the month
    brought of months closed before, ``lapsed`` what has expired and is not yet booked as such."""
    units = sorted({each.unit for each in movements})
    return [
        {
            "unit": unit,
            "points": _points_of([each for each in movements if each.unit == unit], closed),
            "lapsed_points": sum(
                step.after.left
                for step in steps
                if step.after.key.unit == unit and step.after.key.expires_on < cut.spendable_from
            ),
            "fen": _roll_forward(step.change for step in steps if step.after.key.unit == unit),
        }
        for unit in units
    ]


def ledger_rows(movements: Iterable[Movement]) -> list[dict[str, Any]]:
    """What came and went, by unit and kind of journal."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for each in movements:
        sums[each.unit, each.kind][0] += each.came
        sums[each.unit, each.kind][1] += each.went
    return [
        {"unit": unit, "kind": kind, "came": came, "went": went} for (unit, kind), (came, went) in sorted(sums.items())
    ]


def run_off_rows(run_off: RunOff) -> list[dict[str, Any]]:
    """The triangle's sums, by unit, source and age in months."""
    return [
        {"unit": kind[0], "source": kind[1], "age": age, "at_risk": at_risk, "redeemed": redeemed}
        for kind in run_off.kinds()
        for age, at_risk, redeemed in run_off.ages(kind)
    ]


def _points_of(movements: Sequence[Movement], closed: Month | None) -> dict[str, Any]:
    fresh = [each for each in movements if not each.closed]
    belated = [each for each in fresh if closed is not None and each.month <= closed]
    return {
        "opening": _net(each for each in movements if each.closed),
        "movements": [{name: row[name] for name in ("kind", "came", "went")} for row in ledger_rows(fresh)],
        "belated": _net(belated),
        "closing": _net(movements),
    }


def _net(movements: Iterable[Movement]) -> int:
    return sum(each.came - each.went for each in movements)


def _roll_forward(changes: Iterable[Change]) -> dict[str, int]:
    every = list(changes)
    return {line: sum(getattr(change, line) for change in every) for line in LINES}


def _outstanding(unit: str, expires_in: Month, source: str, group: Sequence[Step], worth: int) -> dict[str, Any]:
    points = sum(each.after.left for each in group)
    return {
        "unit": unit,
        "expires_in": None if expires_in == Month.of(NEVER) else str(expires_in),
        "source": source,
        "points": points,
        "value_fen": whole(points * worth),
        "expected_points": sum(each.after.expected_left for each in group),
        "deferred_fen": sum(each.after.deferred for each in group),
    }


def _unplaced(unit: str, points: int, worth: int) -> dict[str, Any]:
    row = {"unit": unit, "expires_in": None, "source": UNPLACED}
    return row | {"points": -points, "value_fen": -whole(points * worth), "expected_points": 0, "deferred_fen": 0}


def _place(step: Step) -> tuple[str, Month, str]:
    key = step.after.key
    return key.unit, Month.of(key.expires_on), key.source


def _grouped(steps: Iterable[Step], by: Callable[[Step], tuple]) -> list[tuple[tuple, list[Step]]]:
    groups: dict[tuple, list[Step]] = defaultdict(list)
    for step in steps:
        groups[by(step)].append(step)
    return sorted(groups.items())
