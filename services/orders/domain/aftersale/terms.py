"""The terms of cases in force: rows that operations change, for all merchants or for one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class AfterSaleTerms:
    """Days after delivery in which goods may come back, hours after which a request that nobody decided is approved
    (None: never), days to send the goods once it is approved, days to dispute a decision, and where goods are sent."""

    return_days: int
    auto_approve_hours: int | None
    send_back_days: int
    dispute_days: int
    return_address: Mapping[str, Any]

    def return_by(self, delivered_at: datetime) -> datetime:
        return delivered_at + timedelta(days=self.return_days)

    def approved_at(self, now: datetime) -> datetime | None:
        return now + timedelta(hours=self.auto_approve_hours) if self.auto_approve_hours is not None else None

    def send_back_by(self, now: datetime) -> datetime:
        return now + timedelta(days=self.send_back_days)

    def dispute_by(self, decided_at: datetime) -> datetime:
        return decided_at + timedelta(days=self.dispute_days)
