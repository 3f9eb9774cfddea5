"""Until which day points live. The policies themselves are rows."""

import calendar
from dataclasses import dataclass
from datetime import date

from services.points.domain.buckets import NEVER

MONTHS_PER_YEAR = 12


@dataclass(frozen=True)
class ExpiryPolicy:
    """``rule`` and ``amount``:

    * ``fixed_months`` n: to the end of the month, n months after the month of earning;
    * ``end_of_year`` n: to 31 December, n years after the year of earning (0: this year's);
    * ``rolling_years`` n: to the end of the nth year, the year of earning being the first;
    * ``never``.
    """

    rule: str
    amount: int = 0


def expires_on(policy: ExpiryPolicy, earned_on: date) -> date:
    """The last day on which points earned on ``earned_on`` can be spent; NEVER if they do not expire.

    Days are month or year ends only: a wallet has few buckets, whatever it earns.
    """
    if policy.rule == "never":
        return NEVER
    if policy.rule == "end_of_year":
        return date(earned_on.year + policy.amount, 12, 31)
    if policy.rule == "rolling_years":
        return date(earned_on.year + policy.amount - 1, 12, 31)
    if policy.rule == "fixed_months":
        return _end_of_month(earned_on, policy.amount)
    raise ValueError(f"unknown expiry rule {policy.rule!r}")


def _end_of_month(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, MONTHS_PER_YEAR)
    year, month = day.year + years, month + 1
    return date(year, month, calendar.monthrange(year, month)[1])
