"""A payment provider that keeps its books in memory."""

import threading
from collections.abc import Callable, Iterator
from datetime import date

from services.chassis.open_transaction import leave_transactions_first
from services.orders.domain.bill import BillLine, BillNotGenuine, DailyBill
from services.orders.domain.provider import (
    Cashier,
    Letter,
    Notice,
    NoticeNotGenuine,
    PaymentAtProvider,
    PaymentToStart,
    ProviderUnavailable,
    RefundAtProvider,
    RefundResult,
    Trade,
)


class ProviderWithMemory:
    """A payment provider that keeps its trades straight under concurrent use, and can be made to fall silent."""

    def __init__(self) -> None:
        self.trades: dict[str, Trade] = {}
        self.refunds: dict[str, int] = {}
        self.refund_calls = 0
        self.refuses_refunds: str | None = None
        self.is_silent = False
        self.silence_after_acting = False
        self.lock = threading.Lock()
        self.bills: dict[date, list[BillLine]] = {}
        self.lies_at_the_end = False
        self.right_after: dict[str, Callable[[], object]] = {}  # it has "told" of a trade, or "closed" one: once

    def pay_url(self, payment: PaymentToStart) -> str:
        return f"https://provider.example/pay?no={payment.payment_id}&amount={payment.amount_fen}"

    def cashier(self, payment: PaymentToStart) -> Cashier:
        self._speak()
        return Cashier("https://provider.example/cashier", {"no": payment.payment_id, "ip": str(payment.buyer_ip)})

    def open(self, payment_id: str, amount_fen: int) -> None:
        with self.lock:
            self.trades.setdefault(payment_id, Trade("waiting", f"trade-{payment_id}", amount_fen))

    def pay(self, payment_id: str) -> dict[str, str] | None:
        """What the buyer does at the cashier: the notice of it, or None if the trade is closed."""
        with self.lock:
            trade = self.trades[payment_id]
            if trade.status == "closed":
                return None
            self.trades[payment_id] = Trade("paid", trade.trade_no, trade.amount_fen)
            return notice_form(payment_id, amount_fen=trade.amount_fen)

    def read_notice(self, letter: Letter) -> Notice:
        form = letter.fields
        if form.get("sign") != "genuine":
            raise NoticeNotGenuine("wrong signature")
        trade = Trade(form["status"], form["trade_no"], int(form["amount_fen"]))
        return Notice(form["notify_id"], form["payment_id"], trade)

    def find_trade(self, payment: PaymentAtProvider) -> Trade:
        self._speak()
        with self.lock:
            trade = self.trades.get(payment.payment_id, Trade("absent"))
        self._is_done("told")
        return trade

    def close_trade(self, payment: PaymentAtProvider) -> None:
        self._speak()
        with self.lock:
            trade = self.trades[payment.payment_id]
            if trade.status == "waiting":
                self.trades[payment.payment_id] = Trade("closed", trade.trade_no, trade.amount_fen)
        self._is_done("closed")

    def refund(self, payment: PaymentAtProvider, refund: RefundAtProvider) -> RefundResult:
        self._speak()
        if self.refuses_refunds:
            return RefundResult(False, self.refuses_refunds)
        with self.lock:
            self.refund_calls += 1
            self.refunds[refund.refund_id] = refund.amount_fen
        if self.silence_after_acting:
            raise ProviderUnavailable("timed out")
        return RefundResult(True)

    def is_refunded(self, payment: PaymentAtProvider, refund: RefundAtProvider) -> bool:
        self._speak()
        return refund.refund_id in self.refunds

    def bill(self, day: date) -> DailyBill | None:
        self._speak()
        lines = self.bills.get(day)
        return None if lines is None else DailyBill(f"{day:%Y%m%d}" * 8, self._told(lines))

    def _told(self, lines: list[BillLine]) -> Iterator[BillLine]:
        yield from lines
        if self.lies_at_the_end:
            raise BillNotGenuine("other totals")

    def _is_done(self, what: str) -> None:
        self.right_after.pop(what, lambda: None)()

    def _speak(self) -> None:
        leave_transactions_first("the provider")
        if self.is_silent:
            raise ProviderUnavailable("no answer")


def notice_form(payment_id: str, amount_fen: int, status: str = "paid", **changes: str) -> dict[str, str]:
    form = {
        "notify_id": f"notice-{payment_id}-{status}",
        "payment_id": payment_id,
        "status": status,
        "trade_no": f"trade-{payment_id}",
        "amount_fen": str(amount_fen),
        "sign": "genuine",
    }
    return form | changes
