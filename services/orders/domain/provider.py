"""What orders wants of a payment provider, whoever it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class ProviderUnavailable(Exception):
    """No usable answer; whether the provider acted is not known. Ask before drawing conclusions."""


class NoticeNotGenuine(Exception):
    """The notification was not made by the provider for this shop."""


@dataclass(frozen=True)
class PaymentToStart:
    payment_id: str
    amount_fen: int
    subject: str
    pay_by: datetime
    return_url: str | None


@dataclass(frozen=True)
class Trade:
    """``status``: absent (the provider has never heard of it), waiting, paid or closed (unpaid, for good)."""

    status: str
    trade_no: str | None = None
    amount_fen: int = 0


@dataclass(frozen=True)
class Notice:
    """A genuine notification, in our words."""

    notify_id: str
    payment_id: str
    trade: Trade
    refunded_fen: int = 0


@dataclass(frozen=True)
class RefundResult:
    is_done: bool
    problem: str | None = None


class PaymentProvider(Protocol):
    """Every call but ``pay_url`` and ``read_notice`` is HTTP: never inside a transaction."""

    def pay_url(self, payment: PaymentToStart) -> str:
        """The address that takes the buyer to the provider's cashier."""

    def read_notice(self, form: Mapping[str, str]) -> Notice:
        """Raises NoticeNotGenuine."""

    def find_trade(self, payment_id: str) -> Trade:
        """Raises ProviderUnavailable."""

    def close_trade(self, payment_id: str) -> None:
        """Stops a trade that waits for its buyer; no effect on any other. Raises ProviderUnavailable."""

    def refund(self, payment_id: str, refund_id: str, amount_fen: int, reason: str) -> RefundResult:
        """Once per ``refund_id`` however often it is asked. Raises ProviderUnavailable."""

    def is_refunded(self, payment_id: str, refund_id: str) -> bool:
        """Raises ProviderUnavailable."""
