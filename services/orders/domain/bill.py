"""What a payment provider says happened on one day, in our words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

TRADE, REFUND = "trade", "refund"


class BillNotGenuine(Exception):
    """The file is not what was promised, or contradicts itself: cut off, another hash or total. None of it counts."""


@dataclass(frozen=True)
class BillLine:
    """``number`` is ours, of a payment or a refund, as the file has it (``provider_numbers``); ``provider_no`` theirs.
    ``fee_fen`` is what they kept; negative if they gave it back."""

    kind: str
    number: str
    provider_no: str
    amount_fen: int
    fee_fen: int
    at: datetime

    @property
    def key(self) -> str:
        """What has no number of ours goes by theirs."""
        return self.number or self.provider_no


@dataclass(frozen=True)
class DailyBill:
    """``lines`` can be read once. They are true only when the last one was read without BillNotGenuine."""

    sha256: str
    lines: Iterable[BillLine]
