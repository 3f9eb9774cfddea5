"""The terms of sale in force: rows that operations change, with a history."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class SaleTerms:
    """Seconds a buyer has to pay, seconds holds outlive that, seconds the holds of a points-only order live, days after
    delivery until an order completes by itself, and days that goods wait in a hall for their buyer."""

    pay_window_s: int
    hold_grace_s: int
    covered_hold_s: int
    auto_complete_days: int
    fetch_days: int

    def hold_s(self, is_cash_due: bool) -> int:
        return self.pay_window_s + self.hold_grace_s if is_cash_due else self.covered_hold_s

    def pay_by(self, now: datetime, holds_expire_at: datetime) -> datetime:
        """Never later than the holds allow: a retry finds the older holds of its first try."""
        return min(now + timedelta(seconds=self.pay_window_s), self.last_safe_instant(holds_expire_at))

    def last_safe_instant(self, holds_expire_at: datetime) -> datetime:
        """Until then the order may be placed: the others still have the grace to make the holds final."""
        return holds_expire_at - timedelta(seconds=self.hold_grace_s)

    def fetch_by(self, prepared_at: datetime) -> datetime:
        return prepared_at + timedelta(days=self.fetch_days)

    def complete_by(self, delivered_at: datetime) -> datetime:
        return delivered_at + timedelta(days=self.auto_complete_days)
