"""The life of a bill run, and what its charges earn."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.chassis.money import FEN_PER_YUAN
from services.chassis.transitions import Transitions
from services.points.domain.debts import AS_DEBT

# "staged": control totals agreed and nothing posted yet. What is "refused" or "abandoned" (an interrupted file that
# gave way to another) is kept for inspection and never posts.
BILL_RUN = Transitions(
    name="bill_run",
    initial="staging",
    table={
        "staging": {"agree": "staged", "refuse": "refused", "abandon": "abandoned"},
        "staged": {"start": "posting"},
        "posting": {"finish": "posted"},
        "posted": {},
        "refused": {},
        "abandoned": {},
    },
)
NEVER_POSTS = ("refused", "abandoned")

_PARTS = 10_000  # rates are kept with four decimals


@dataclass(frozen=True)
class AccrualRule:
    """``largest`` caps the points of one line, ``largest_per_member`` those of a member in one run; None: no cap.

    Charges of ``excluded_kinds`` earn nothing. ``decreases`` says what becomes of points that a corrected file takes
    back and that are not there any more: WITHIN_BALANCE or AS_DEBT.
    """

    points_per_yuan: Decimal
    largest: int | None = None
    largest_per_member: int | None = None
    excluded_kinds: frozenset[str] = frozenset()
    decreases: str = AS_DEBT


def points_of_charges(amounts_fen: Sequence[int], kinds: Sequence[str], rule: AccrualRule) -> list[int]:
    """Whole points for each paid charge, rounded down."""
    rate, divisor = int(rule.points_per_yuan * _PARTS), _PARTS * FEN_PER_YUAN
    points = [fen * rate // divisor for fen in amounts_fen]
    if rule.largest is not None and points and max(points) > rule.largest:
        points = [min(one, rule.largest) for one in points]
    if rule.excluded_kinds and any(kinds):
        points = [0 if kind in rule.excluded_kinds else one for kind, one in zip(kinds, points, strict=True)]
    return points


def effective_day(period: str, today: date) -> date:
    """The day a period's points count from: its last day, or today if that is yet to come."""
    year, month = int(period[:4]), int(period[5:])
    return min(date(year, month, monthrange(year, month)[1]), today)
