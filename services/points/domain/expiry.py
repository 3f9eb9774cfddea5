"""Until which day points live. The policies themselves are rows."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.chassis.clock import start_of_day
from services.points.domain.buckets import NEVER

MONTHS_PER_YEAR = 12
LONGEST_MONTH = 31
LIMITS = {"fixed_months": (1, 1200), "end_of_year": (0, 100), "rolling_years": (1, 100), "never": (0, 0)}
RULES = tuple(LIMITS)
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}  # what fixed months may be rounded up to
ROUNDINGS = ("none", *MONTHS_OF)


@dataclass(frozen=True)
class ExpiryPolicy:
    """``rule``, ``amount`` and, for fixed months, ``rounding``:

    * ``fixed_months`` n: n months later; to the same day of the month (``none``), or to the end of that ``month``,
      ``quarter`` or ``year``;
    * ``end_of_year`` n: to 31 December, n years after the year of earning (0: this year's);
    * ``rolling_years`` n: to the end of the nth year, the year of earning being the first;
    * ``never``.
    """

    rule: str
    amount: int = 0
    rounding: str | None = None


def expires_on(policy: ExpiryPolicy, earned_on: date) -> date:
    """The last day on which points earned on ``earned_on`` can be spent; NEVER if they do not expire."""
    if policy.rule == "never":
        return NEVER
    if policy.rule == "end_of_year":
        return date(earned_on.year + policy.amount, 12, 31)
    if policy.rule == "rolling_years":
        return date(earned_on.year + policy.amount - 1, 12, 31)
    if policy.rule == "fixed_months":
        return _rounded(_months_later(earned_on, policy.amount), policy.rounding)
    raise ValueError(f"unknown expiry rule {policy.rule!r}")


def most_buckets(policy: ExpiryPolicy) -> int:
    """How many days of expiry, hence buckets, a wallet can have at once by this policy, whatever it earns.

    Coarse days keep wallets small: a redemption reads all buckets of its wallet. An exact day (``none``) gives up to
    one for every day of the policy's life.
    """
    if policy.rule == "never":
        return 1
    if policy.rule == "end_of_year":
        return policy.amount + 1
    if policy.rule == "rolling_years":
        return policy.amount
    if policy.rounding == "none":
        return policy.amount * LONGEST_MONTH + 1
    return -(-policy.amount // MONTHS_OF[policy.rounding or "month"]) + 1


def last_moment(expires_on: date) -> datetime:
    """When points of that day are gone, in China: the books of the day, the month and the year are the old ones."""
    return start_of_day(expires_on + timedelta(days=1)) - timedelta(microseconds=1)


def _months_later(day: date, months: int) -> date:
    """The same day of the month, or the month's last one where it is shorter."""
    years, month = divmod(day.month - 1 + months, MONTHS_PER_YEAR)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, _days_of(year, month)))


def _rounded(day: date, rounding: str | None) -> date:
    if rounding == "none":
        return day
    if rounding not in MONTHS_OF:
        raise ValueError(f"unknown rounding {rounding!r}")
    step = MONTHS_OF[rounding]
    month = -(-day.month // step) * step
    return date(day.year, month, _days_of(day.year, month))


def _days_of(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def defect_of(policy: ExpiryPolicy) -> str | None:
    """What is wrong with a policy, in words; the database refuses the same."""
    if policy.rule not in RULES:
        return f"the rule is one of {', '.join(RULES)}"
    least, most = LIMITS[policy.rule]
    if not least <= policy.amount <= most:
        return f"the amount of {policy.rule} is from {least} to {most}"
    if policy.rule == "fixed_months" and policy.rounding not in ROUNDINGS:
        return f"fixed_months are rounded to one of {', '.join(ROUNDINGS)}"
    if policy.rule != "fixed_months" and policy.rounding is not None:
        return f"{policy.rule} ends with a year: there is nothing to round"
    return None
