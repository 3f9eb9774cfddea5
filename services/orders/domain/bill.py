"""What a payment provider says happened on one day, in our words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

TRADE, REFUND = "trade", "refund"
KEY_LENGTH = 33  # UnionPay's file has room for a number without its last three digits; what is left is unique still


class BillNotGenuine(Exception):
    """The file is not what was promised, or contradicts itself: cut off, another hash or total. None of it counts."""


@dataclass(frozen=True)
class BillLine:
    """``number`` is ours, of a payment or a refund, as far as the provider tells it; ``provider_no`` theirs.
    ``fee_fen`` is what they kept; negative if they gave it back."""

    kind: str
    number: str
    provider_no: str
    amount_fen: int
    fee_fen: int
    at: datetime

    @property
    def key(self) -> str:
        return key_of(self.number or self.provider_no)


@dataclass(frozen=True)
class DailyBill:
    """``lines`` can be read once. They are true only when the last one was read without BillNotGenuine."""

    sha256: str
    lines: Iterable[BillLine]


def key_of(number: str) -> str:
    """By which numbers are compared, ours and those that a provider tells."""
    return number[:KEY_LENGTH]
