"""The liability report of a month, worked from the ledger, the last close and the configuration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.chassis.schemas import to_wire
from services.points.domain.liability.breakage import Evidence, Outlook
from services.points.domain.liability.cost_flow import replay
from services.points.domain.liability.layers import LayerKey
from services.points.domain.liability.ledger import LedgerReading, require_ties
from services.points.domain.liability.measured import Measured
from services.points.domain.liability.measurement import Measure, measure
from services.points.domain.liability.months import Month
from services.points.domain.liability.rows import (
    Cut,
    ledger_rows,
    outstanding_rows,
    run_off_rows,
    source_rows,
    unit_rows,
)
from services.points.domain.liability.terms import Terms


@dataclass(frozen=True)
class Configuration:
    """``breakage``: see Outlook."""

    terms: Terms
    breakage: Mapping[tuple[str, str], int]
    evidence: Evidence


@dataclass(frozen=True)
class LastClose:
    """The close that a report goes on from; before the first one there was nothing."""

    month: Month | None = None
    booked_by: datetime | None = None
    ledger: Sequence[Mapping[str, Any]] = ()
    layers: Sequence[Sequence[Any]] = ()


NEVER_CLOSED = LastClose()


@dataclass(frozen=True)
class Facts:
    """All that a report is worked from: the ledger until ``cut``, as far as it was booked by ``booked_by``."""

    ledger: LedgerReading
    last: LastClose
    given: Configuration
    cut: Cut
    booked_by: datetime


@dataclass(frozen=True)
class Worked:
    """The report, and the layers that the next month goes on from."""

    report: dict[str, Any]
    layers: list[list[Any]]


def cut_of(month: Month, today: date) -> Cut:
    """A month that is over counts whole; the present one up to ``today``, which is not over."""
    return Cut(month, min(month.last_day, today), min(month.later(1).first_day, today))


def work_out(facts: Facts) -> Worked:
    """Raises DoesNotTie, and LookupError where the configuration says nothing."""
    ledger, last, given, cut = facts.ledger, facts.last, facts.given, facts.cut
    over = cut.spendable_from > cut.month.last_day
    observed = cut.month if over else cut.month.later(-1)
    flow = replay(ledger.movements, observed)
    require_ties(ledger, flow, last.ledger)
    outlook = Outlook(flow.run_off, given.breakage, given.evidence, observed, cut.spendable_from)
    steps = measure(flow.layers, _measured(last), Measure(given.terms, outlook, cut.day))
    report = {
        "month": str(cut.month),
        "follows": None if last.month is None else str(last.month),
        "day": cut.day.isoformat(),
        "booked_by": to_wire(facts.booked_by),
        "units": unit_rows(steps, ledger.movements, last.month, cut),
        "outstanding": outstanding_rows(steps, flow.unplaced, given.terms, cut),
        "sources": source_rows(steps),
        "run_off": run_off_rows(flow.run_off),
        "ledger": ledger_rows(ledger.movements),
    }
    return Worked(report, [step.after.as_row() for step in steps if step.after.issued])


def _measured(last: LastClose) -> dict[LayerKey, Measured]:
    layers = (Measured.from_row(row) for row in last.layers)
    return {layer.key: layer for layer in layers}
