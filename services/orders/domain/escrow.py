"""What merchants sold is kept back until it was received, or for some days after its delivery."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SALE, REFUND, CREDIT, DEBIT = "sale", "refund", "credit", "debit"
KEPT, CREDITED = "kept", "credited"
STANDING = ("confirmed", "completed")  # an order that is being called off credits nobody
CALLED_OFF = ("closed", "cancelled")


@dataclass(frozen=True)
class Worth:
    """Points, coins and fen, together."""

    points: int = 0
    coins: int = 0
    cash_fen: int = 0

    def __add__(self, other: "Worth") -> "Worth":
        return Worth(self.points + other.points, self.coins + other.coins, self.cash_fen + other.cash_fen)

    def __neg__(self) -> "Worth":
        return Worth(-self.points, -self.coins, -self.cash_fen)

    def __bool__(self) -> bool:
        return self != Worth()


@dataclass(frozen=True)
class Entry:
    """What is kept back by ``sale`` and ``refund``, what the merchant has by ``credit`` and ``debit``. A refund is
    negative, so is a debit: a refund that came after the credit."""

    kind: str
    worth: Worth


@dataclass(frozen=True)
class Receipt:
    """How far a merchant's goods of one order are. Codes that are used at a counter are received there; of those that
    never are nobody hears more than that they were handed over."""

    order_status: str
    delivered_at: datetime | None
    completed_at: datetime | None
    last_code_used_at: datetime | None
    has_unused_codes: bool
    is_case_open: bool
    is_cash_there: bool = True  # not while a carrier has collected another amount than is due, or none

    @property
    def is_called_off(self) -> bool:
        """All that was kept back of it went back."""
        return self.order_status in CALLED_OFF

    @property
    def received_at(self) -> datetime | None:
        if self.completed_at is None or self.has_unused_codes:
            return None
        return max(self.completed_at, self.last_code_used_at or self.completed_at)

    def due_at(self, days_after_delivery: int) -> datetime | None:
        """None while the merchant is not to be credited at any time that is known."""
        if self.order_status not in STANDING or self.is_case_open or not self.is_cash_there:
            return None
        waited_out = self.delivered_at and self.delivered_at + timedelta(days=days_after_delivery)
        return min((at for at in (self.received_at, waited_out) if at is not None), default=None)


def kept_back(entries: Iterable[Entry]) -> Worth:
    """What a credit would be of now."""
    return sum((entry.worth for entry in entries if entry.kind in (SALE, REFUND)), Worth())


def sold_and_kept(entries: Iterable[Entry]) -> Worth:
    """What was paid for the merchant's goods and has not gone back, credited or not."""
    return sum((entry.worth for entry in entries if entry.kind != CREDIT), Worth())


def balance(entries: Iterable[Entry]) -> Worth:
    """What the merchant has."""
    return sum((entry.worth for entry in entries if entry.kind in (CREDIT, DEBIT)), Worth())
