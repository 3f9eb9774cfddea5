"""What orders wants of a payment provider, whoever it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from services.orders.domain.bill import DailyBill


class ProviderUnavailable(Exception):
    """No usable answer; whether the provider acted is not known. Ask before drawing conclusions."""


class NoticeNotGenuine(Exception):
    """The notification was not made by the provider for this shop."""


@dataclass(frozen=True)
class PaymentAtProvider:
    """``number`` is ours there. ``started_at`` names the payment too: some providers know an order by its number and
    its time. ``trade_no`` is the provider's own number, once money has come."""

    payment_id: str
    amount_fen: int
    started_at: datetime
    number: str
    trade_no: str | None = None


@dataclass(frozen=True, kw_only=True)
class PaymentToStart(PaymentAtProvider):
    """``buyer_ip`` is that of the buyer's browser, once it is there."""

    subject: str
    pay_by: datetime
    return_url: str | None = None
    buyer_ip: str | None = None


@dataclass(frozen=True)
class RefundAtProvider:
    """The same words every time it is asked for; ``number`` and ``requested_at`` name it, as they do a payment."""

    refund_id: str
    amount_fen: int
    reason: str
    requested_at: datetime
    number: str


@dataclass(frozen=True)
class Cashier:
    """Where the buyer's browser goes: by GET, or with ``fields`` posted as a form."""

    url: str
    fields: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Letter:
    """A notification as it came: a form's fields, or a text body with the headers that its signature covers. Names of
    headers are in small letters."""

    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True)
class Trade:
    """``status``: absent (the provider has never heard of it), waiting, paid or closed (unpaid, for good)."""

    status: str
    trade_no: str | None = None
    amount_fen: int = 0


@dataclass(frozen=True)
class Notice:
    """A genuine notification, in our words. Without a trade it is news of a refund alone."""

    notify_id: str
    payment_id: str
    trade: Trade | None
    refunded_fen: int = 0


@dataclass(frozen=True)
class RefundResult:
    is_done: bool
    problem: str | None = None


class PaymentProvider(Protocol):
    """Every call but ``pay_url`` and ``read_notice`` may be HTTP: never inside a transaction."""

    def pay_url(self, payment: PaymentToStart) -> str:
        """The address for the buyer's browser: the provider's own, or the mall's page that asks for the ``cashier``."""

    def cashier(self, payment: PaymentToStart) -> Cashier:
        """The way into the provider's cashier, for a browser that is there now. Raises ProviderUnavailable."""

    def read_notice(self, letter: Letter) -> Notice:
        """Raises NoticeNotGenuine."""

    def find_trade(self, payment: PaymentAtProvider) -> Trade:
        """Raises ProviderUnavailable."""

    def close_trade(self, payment: PaymentAtProvider) -> None:
        """Stops a trade that waits for its buyer; no effect on any other. Raises ProviderUnavailable."""

    def refund(self, payment: PaymentAtProvider, refund: RefundAtProvider) -> RefundResult:
        """Once per ``number`` of the refund, however often it is asked. Raises ProviderUnavailable, also while the
        provider has taken the refund on and not decided yet."""

    def is_refunded(self, payment: PaymentAtProvider, refund: RefundAtProvider) -> bool:
        """Raises ProviderUnavailable."""

    def bill(self, day: date) -> DailyBill | None:
        """All that was paid and refunded on a day in China; None while there is no bill of it, and for good if nothing
        happened. Raises ProviderUnavailable and, also while it is read, BillNotGenuine."""
