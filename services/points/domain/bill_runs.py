"""The life of a bill run, and what its charges earn."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.chassis.money import FEN_PER_YUAN
from services.chassis.transitions import Transitions

# "staged": control totals agreed and nothing posted yet. "refused" is kept for inspection and never posts.
BILL_RUN = Transitions(
    name="bill_run",
    initial="staging",
    table={
        "staging": {"agree": "staged", "refuse": "refused"},
        "staged": {"start": "posting"},
        "posting": {"finish": "posted"},
        "posted": {},
        "refused": {},
    },
)


@dataclass(frozen=True)
class AccrualRule:
    """``largest`` caps the points of one line; None: no cap."""

    points_per_yuan: Decimal
    largest: int | None = None


def points_of_charge(amount_fen: int, rule: AccrualRule) -> int:
    """Whole points for one paid charge, rounded down."""
    points = int(amount_fen * rule.points_per_yuan / FEN_PER_YUAN)
    return points if rule.largest is None else min(points, rule.largest)


def effective_day(period: str, today: date) -> date:
    """The day a period's points count from: its last day, or today if that is yet to come."""
    year, month = int(period[:4]), int(period[5:])
    return min(date(year, month, monthrange(year, month)[1]), today)
