"""Members are told in time what is about to expire: each wallet, day and notice once.

A notice goes through the wallets in account order; its cursor moves in the transaction that puts a chunk's events into
the outbox. So whatever is stopped goes on behind what was told, and whatever runs twice or at once tells nothing twice.
"""

import math
import time
from dataclasses import dataclass
from datetime import date, timedelta

from services.chassis.clock import CHINA, local_date
from services.chassis.data.work import Work, Works
from services.points import contract
from services.points.domain.chart import COINS, POINTS, SPENDABLE
from services.points.domain.expiry_notices import notice_due
from services.points.storage import expiring, notices, rules
from services.points.storage.expiring import Expiring
from services.points.storage.expiry import database_today
from services.points.storage.locks import claim_notice_run


@dataclass(frozen=True)
class Notice:
    expires_on: date
    days_before: int


def notify_expiring(works: Works, budget_s: float = math.inf) -> int:
    """How many wallets were told of; nobody is told at night. It begins no chunk after ``budget_s``."""
    end, told = time.monotonic() + budget_s, 0
    with works.begin() as work:
        today = min(local_date(work.now), database_today(work))
        most = rules.setting(work, "expiry_notice_wallets", today)
        due = _notices_due(work, today) if _is_daytime(work, today) else []
    for notice in due:
        told += _give(works, notice, most, end)
    return told


def _is_daytime(work: Work, today: date) -> bool:
    first, last = (rules.setting(work, f"expiry_notice_{name}_hour", today) for name in ("from", "until"))
    return first <= work.now.astimezone(CHINA).hour < last


def _notices_due(work: Work, today: date) -> list[Notice]:
    """One for each day on which something expires soon. It is opened here: from now on no earlier one is due."""
    given = [row["days_before"] for row in notices.notice_rules(work, today) if row["given"]]
    notices.end_missed_notices(work, today)
    begun = notices.notices_begun(work, today)
    due = []
    for day in expiring.expiring_days(work, today, today + timedelta(days=max(given, default=0))):
        days_before = notice_due((day - today).days, given, begun.get(day, ()))
        if days_before is not None:
            notices.open_notice(work, day, days_before)
            due.append(Notice(day, days_before))
    return due


def _give(works: Works, notice: Notice, most: int, end: float) -> int:
    told = 0
    while time.monotonic() < end:
        with works.begin() as work:
            wallets = _tell_chunk(work, notice, most)
        if wallets is None:
            break
        told += wallets
    return told


def _tell_chunk(work: Work, notice: Notice, most: int) -> int | None:
    """How many wallets were told of; None if the notice is given, or somebody else is at it."""
    after = claim_notice_run(work, notice.expires_on, notice.days_before)
    if after is None:
        return None
    wallets = expiring.expiring_wallets(work, notice.expires_on, after, most)
    if not wallets:
        notices.finish_notice(work, notice.expires_on, notice.days_before)
        return None
    told = [wallet for wallet in wallets if wallet.told]
    points, coins = (sum(wallet.points for wallet in told if wallet.unit == unit) for unit in (POINTS, COINS))
    counts = {"wallets": len(told), "points": points, "coins": coins}
    notices.advance_notice(work, notice.expires_on, notice.days_before, wallets[-1].account_id, **counts)
    _announce(work, notice, told)
    return len(told)


def _announce(work: Work, notice: Notice, told: list[Expiring]) -> None:
    day = notice.expires_on.isoformat()
    for unit in SPENDABLE:
        postings = [{"member_id": one.member_id, "points": one.points} for one in told if one.unit == unit]
        for start in range(0, len(postings), contract.LARGEST_BATCH):
            data = {
                "unit": unit,
                "expires_on": day,
                "days_before": notice.days_before,
                "postings": postings[start : start + contract.LARGEST_BATCH],
            }
            work.emit(contract.POINTS_EXPIRING, day, data)
