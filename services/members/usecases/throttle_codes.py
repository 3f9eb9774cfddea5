"""How often codes are sent: per number, and to everyone together in a day."""

import math
from datetime import datetime, time, timedelta

import structlog

from services.chassis.clock import CHINA, local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.members import contract
from services.members.domain.code_limits import wait_s
from services.members.storage.code_requests import (
    draw_from_budget,
    limits_in_force,
    record_request,
    requests_since,
)

log = structlog.get_logger(__name__)


def count_code_request(work: Work, phone: str) -> None:
    """Refuses with ``retry_after_s`` if the number or everyone together has had enough; else it is counted.

    The number must be locked. What is counted stays counted, also when the code cannot be sent: an SMS of unknown
    fate may well have cost its price.
    """
    if wait := wait_before_next_code(work, phone):
        raise _too_many("too many codes for this number", wait)
    count_repeated_send(work, phone)


def count_repeated_send(work: Work, phone: str) -> None:
    """Counts without a question to the number's own limits, but never beyond the day's budget."""
    today = local_date(work.now)
    for limit in limits_in_force(work, "everyone"):
        if not draw_from_budget(work, today, limit.most):
            log.error("code_budget_spent", day=today.isoformat(), budget=limit.most)
            raise _too_many("no more codes are sent today", _seconds_until_tomorrow(work.now))
    record_request(work, phone)


def wait_before_next_code(work: Work, phone: str) -> int:
    """Whole seconds; 0 if the number may ask at once."""
    limits = limits_in_force(work, "phone")
    if not limits:
        return 0
    longest, most = max(limit.window_s for limit in limits), max(limit.most for limit in limits)
    return wait_s(limits, requests_since(work, phone, longest, most), work.now)


def _too_many(message: str, retry_after_s: int) -> Refused:
    return Refused(contract.TOO_MANY_CODES, message, retry_after_s=retry_after_s)


def _seconds_until_tomorrow(now: datetime) -> int:
    midnight = datetime.combine(local_date(now) + timedelta(days=1), time(), CHINA)
    return math.ceil((midnight - now).total_seconds())
