"""The terms of sale in force: rows that operations change, with a history."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Deadlines:
    """Until when a new order is to be approved and to be paid; None where neither is needed, or not yet."""

    pay_by: datetime | None = None
    approve_by: datetime | None = None


@dataclass(frozen=True)
class SaleTerms:
    """Seconds a buyer has to pay, seconds holds outlive that, seconds the holds of a points-only order live, days after
    delivery until an order completes by itself, days that goods wait in a hall for their buyer, and seconds in which a
    bulk order is to be approved."""

    pay_window_s: int
    hold_grace_s: int
    covered_hold_s: int
    auto_complete_days: int
    fetch_days: int
    approval_window_s: int

    def hold_s(self, is_cash_due: bool, is_approved_first: bool = False) -> int:
        paid_in = self.pay_window_s + self.hold_grace_s if is_cash_due else self.covered_hold_s
        return paid_in + self.approval_window_s if is_approved_first else paid_in

    def pay_by(self, now: datetime, holds_expire_at: datetime) -> datetime:
        """Never later than the holds allow: a retry finds the older holds of its first try."""
        return min(now + timedelta(seconds=self.pay_window_s), self.last_safe_instant(holds_expire_at))

    def approve_by(self, now: datetime, holds_expire_at: datetime, is_cash_due: bool) -> datetime:
        """Whoever approves last leaves the whole time to pay. In the past, if a retry finds holds that are too old."""
        pay_window_s = self.pay_window_s if is_cash_due else 0
        latest = self.last_safe_instant(holds_expire_at) - timedelta(seconds=pay_window_s)
        return min(now + timedelta(seconds=self.approval_window_s), latest)

    def pay_by_when_approved(self, now: datetime) -> datetime:
        """The holds last: they are held on as long as the order is undecided."""
        return now + timedelta(seconds=self.pay_window_s)

    def last_safe_instant(self, holds_expire_at: datetime) -> datetime:
        """Until then the order may be placed: the others still have the grace to make the holds final."""
        return holds_expire_at - timedelta(seconds=self.hold_grace_s)

    def fetch_by(self, prepared_at: datetime) -> datetime:
        return prepared_at + timedelta(days=self.fetch_days)

    def complete_by(self, delivered_at: datetime) -> datetime:
        return delivered_at + timedelta(days=self.auto_complete_days)
