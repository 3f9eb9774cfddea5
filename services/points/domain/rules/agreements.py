"""What two rows owe each other on every day.

An agreement that ``binds`` refuses the row that breaks it; of another one is told what is to follow.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.chassis.money import FEN_PER_YUAN
from services.points.domain.chart import POINTS
from services.points.domain.exchange import Rate, gains_by_return
from services.points.domain.liability.recognition import SALE
from services.points.domain.rules.kinds import Exact
from services.points.domain.rules.rule import Row
from services.points.domain.rules.settings import HOURS_OF_NOTICES

FEN = Exact(Decimal("0.000001"), Decimal("999999.999999"), 6)  # of a point: as the database keeps it
_FROM, _UNTIL = HOURS_OF_NOTICES
_OF_BILLS = {"unit": POINTS, "source": "bill"}


@dataclass(frozen=True)
class Other:
    """A row that another one has to agree with: of which rule, and in which scope."""

    rule: str
    scope: Mapping[str, Any]


@dataclass(frozen=True)
class Agreement:
    """``name`` is what the audit calls it. ``other`` finds what a row of ``rule`` has to agree with, None: nothing;
    ``holds`` is asked of the row and of the other one, None if there is none. ``otherwise``: of the same two and of the
    first day on which they do not agree."""

    name: str
    rule: str
    other: Callable[[Row], Other | None]
    holds: Callable[[Row, Row | None], bool]
    otherwise: Callable[[Row, Row | None, date], str]
    binds: bool


@dataclass(frozen=True)
class Breach:
    """``since``: the first day of it."""

    what: str
    since: date
    says: str


def fen_a_point(points_per_yuan: Decimal) -> Decimal | None:
    """What is paid for each point of a bill; None if bills earn none. With the six decimals that it is kept with."""
    if not points_per_yuan:
        return None
    return min((FEN_PER_YUAN / points_per_yuan).quantize(FEN.least, ROUND_HALF_UP), FEN.largest)


def in_force(rows: Sequence[Row], day: date) -> Row | None:
    """The last of ``rows``, which take over from each other in their order, whose day has come."""
    return next((row for row in reversed(rows) if row["effective_from"] <= day), None)


def breach_of(agreement: Agreement, day: date, own: Sequence[Row], others: Sequence[Row]) -> Breach | None:
    """The first one from ``day`` on. ``own`` and ``others`` are the rows of two scopes as they take over from each
    other, from the one that is in force on ``day``."""
    days = {day, *(row["effective_from"] for row in (*own, *others))}
    for since in sorted(one for one in days if one >= day):
        row, other = in_force(own, since), in_force(others, since)
        if row and not agreement.holds(row, other):
            return Breach(agreement.name, since, agreement.otherwise(row, other, since))
    return None


def _way_back(row: Row) -> Other | None:
    return Other("exchange_rate", {"from_unit": row["to_unit"], "to_unit": row["from_unit"]})


def _gains_nothing(there: Row, back: Row | None) -> bool:
    if back is None or not (there["open"] and back["open"]):
        return True
    return not gains_by_return(Rate(there["give"], there["get"]), Rate(back["give"], back["get"]))


def _other_hour(row: Row) -> Other | None:
    hours = {_FROM: _UNTIL, _UNTIL: _FROM}
    return Other("ledger_setting", {"name": hours[row["name"]]}) if row["name"] in hours else None


def _leaves_hours(row: Row, other: Row | None) -> bool:
    hours = {one["name"]: one["value"] for one in (row, other) if one}
    return hours.get(_FROM, 0) < hours.get(_UNTIL, 24)


def _accrual_of_bills(row: Row) -> Other | None:
    return Other("bill_accrual_rule", {}) if all(row[name] == said for name, said in _OF_BILLS.items()) else None


def _is_paid_by_bills(accrual: Row, consideration: Row | None) -> bool:
    fen = fen_a_point(accrual["points_per_yuan"])
    if fen is None:
        return True
    return consideration is not None and (consideration["basis"], consideration["fen"]) == (SALE, fen)


def _to_follow(accrual: Row | None, since: date) -> str:
    fen = fen_a_point(accrual["points_per_yuan"]) if accrual else None
    said = "" if fen is None else FEN.shown(fen)
    return f"rule set point_consideration unit={POINTS} source=bill basis={SALE} fen={said} --from {since}"


def _pool_of(policy: Row) -> Other | None:
    return None if policy["pool"] is None else Other("pool", {"no": policy["pool"]})


AGREEMENTS = (
    Agreement(
        "no_exchange_there_and_back_gains",
        "exchange_rate",
        _way_back,
        _gains_nothing,
        lambda row, other, since: (
            f"going from {row['from_unit']} to {row['to_unit']} and back would gain, which closes both ways"
        ),
        binds=True,
    ),
    Agreement(
        "notices_have_hours",
        "ledger_setting",
        _other_hour,
        _leaves_hours,
        lambda row, other, since: f"{_FROM} comes before {_UNTIL}, or nobody is ever told",
        binds=True,
    ),
    Agreement(
        "expiry_policies_are_of_known_pools",
        "expiry_policy",
        _pool_of,
        lambda policy, pool: pool is not None,
        lambda policy, pool, since: f"there is no pool {policy['pool']} yet",
        binds=True,
    ),
    Agreement(
        "what_bills_pay_for_points_follows_their_rule",
        "bill_accrual_rule",
        lambda accrual: Other("point_consideration", _OF_BILLS),
        _is_paid_by_bills,
        lambda accrual, paid, since: _to_follow(accrual, since),
        binds=False,
    ),
    Agreement(
        "what_bills_pay_for_points_follows_their_rule",
        "point_consideration",
        _accrual_of_bills,
        lambda paid, accrual: accrual is None or _is_paid_by_bills(accrual, paid),
        lambda paid, accrual, since: _to_follow(accrual, since),
        binds=False,
    ),
)
