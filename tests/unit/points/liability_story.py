"""What the tests of the liability share: movements, configurations and closes in few words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from services.points.domain.liability.breakage import Evidence
from services.points.domain.liability.layers import Movement
from services.points.domain.liability.ledger import LedgerReading, outstanding
from services.points.domain.liability.months import Month
from services.points.domain.liability.recognition import GIVEN, MILLION, SALE, Consideration
from services.points.domain.liability.report import (
    NEVER_CLOSED,
    Configuration,
    Facts,
    LastClose,
    Worked,
    cut_of,
    work_out,
)  # fmt: skip
from services.points.domain.liability.terms import PointConsideration, PointValue, Terms

START = date(2000, 1, 1)
LATER = date(2040, 1, 1)  # a day on which every month of the tests is over
BOOKED_BY = datetime(2040, 1, 1, tzinfo=UTC)
LINES = ("opening", "deferred", "moved", "undone", "redeemed", "expired", "re_estimated", "closing")
NO_HISTORY = Evidence(months=10_000, points=1)


def moved(
    kind: str, month: str, came: int = 0, went: int = 0, *, source: str | None = None, expires: str = "2028-12-31",
    closed: bool = False, unit: str = "PTS", pool: int = 0,
) -> Movement:  # fmt: skip
    return Movement(unit, pool, date.fromisoformat(expires), Month.parse(month), kind, source, came, went, closed)


def given(
    breakage: int = 0, *, worth: int = MILLION, evidence: Evidence = NO_HISTORY, sale_price: int | None = None
) -> Configuration:
    """Every point is worth ``worth``; points of bills come with a sale at ``sale_price`` a point, others are given."""
    units = ("PTS", "COIN")
    considerations = [PointConsideration(unit, "*", START, Consideration(GIVEN)) for unit in units]
    if sale_price is not None:
        considerations.append(PointConsideration("PTS", "bill", START, Consideration(SALE, sale_price)))
    terms = Terms([PointValue(unit, START, worth) for unit in units], considerations)
    return Configuration(terms, {(unit, "*"): breakage for unit in units}, evidence)


def ledger_of(movements: Sequence[Movement]) -> LedgerReading:
    """A ledger that is in order, with nothing beyond the cut-off."""
    there = outstanding(movements)
    return LedgerReading(movements, {}, {unit: -points for unit, points in there.items()}, there)


def report_of(
    movements: Sequence[Movement], month: str, configuration: Configuration, last: LastClose = NEVER_CLOSED,
    today: date = LATER,
) -> Worked:  # fmt: skip
    cut = cut_of(Month.parse(month), today)
    return work_out(Facts(ledger_of(movements), last, configuration, cut, BOOKED_BY))


def closed(worked: Worked) -> LastClose:
    return LastClose(Month.parse(worked.report["month"]), BOOKED_BY, worked.report["ledger"], worked.layers)


def fen_of(worked: Worked, unit: str = "PTS") -> dict[str, int]:
    return next(row["fen"] for row in worked.report["units"] if row["unit"] == unit)


def lapsed(worked: Worked) -> int:
    return worked.report["units"][0]["lapsed_points"]


def known(movements: list[Movement]) -> list[Movement]:
    return [replace(each, closed=True) for each in movements]


def line(**amounts: int) -> dict[str, int]:
    return dict.fromkeys(LINES, 0) | amounts
