"""Alipay's open platform: page pay, query, close, refund, and its signed notifications (RSA2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from alipay import AliPay

from services.chassis.clock import CHINA, Clock, SystemClock
from services.chassis.http_client import PartnerClient, PartnerUnavailable
from services.chassis.money import fen_from_yuan, yuan
from services.orders.adapters.payments.alipay_bill import read_alipay_bill
from services.orders.adapters.payments.bill_files import LARGEST_PACKED, WITHIN_S, digest_of
from services.orders.adapters.payments.rsa2 import Rsa2Verifier
from services.orders.domain.bill import DailyBill
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

SUCCESS = "10000"
NOT_KNOWN = ("20000", "ACQ.SYSTEM_ERROR", "SYSTEM_ERROR", "isp.unknow-error", "isp.unknown-error")
ABSENT = "ACQ.TRADE_NOT_EXIST"
NO_BILL = "BILL_NOT_EXIST"
TRADE_STATUSES = {
    "WAIT_BUYER_PAY": "waiting",
    "TRADE_SUCCESS": "paid",
    "TRADE_FINISHED": "paid",
    "TRADE_CLOSED": "closed",
}


@dataclass(frozen=True)
class AlipayAccount:
    """Who we are to Alipay. ``gateway_url`` ends in /gateway.do; keys are PEM texts."""

    app_id: str
    seller_id: str
    gateway_url: str
    notify_url: str
    app_private_key: str
    provider_public_key: str


class Alipay:
    """The SDK makes the requests. It would also send them, by GET, with a time-out of its own and without a breaker;
    here they go through our own client."""

    def __init__(self, account: AlipayAccount, client: PartnerClient, clock: Clock | None = None) -> None:
        self.account, self.client, self.clock = account, client, clock or SystemClock()
        self.verifier = Rsa2Verifier(account.provider_public_key)
        self.sdk = AliPay(
            appid=account.app_id,
            app_notify_url=account.notify_url,
            app_private_key_string=account.app_private_key,
            alipay_public_key_string=account.provider_public_key,
            sign_type="RSA2",
        )

    def pay_url(self, payment: PaymentToStart) -> str:
        content = {
            "out_trade_no": payment.number,
            "total_amount": yuan(payment.amount_fen),
            "subject": payment.subject,
            "product_code": "FAST_INSTANT_TRADE_PAY",
            "time_expire": beijing(payment.pay_by),
        }
        signed = self._signed("alipay.trade.page.pay", content, return_url=payment.return_url)
        return f"{self.account.gateway_url}?{signed}"

    def cashier(self, payment: PaymentToStart) -> Cashier:
        return Cashier(self.pay_url(payment))

    def read_notice(self, letter: Letter) -> Notice:
        form = letter.fields
        self._require_genuine(form)
        try:
            return Notice(
                notify_id=_present(form, "notify_id"),
                payment_id=_present(form, "out_trade_no"),
                trade=_trade_of(form),
                refunded_fen=fen_from_yuan(form.get("refund_fee") or "0"),
            )
        except (KeyError, ValueError) as problem:
            raise NoticeNotGenuine(f"signed, but not a payment notice: {problem}") from None

    def find_trade(self, payment: PaymentAtProvider) -> Trade:
        answer = self._ask("alipay.trade.query", {"out_trade_no": payment.number})
        if answer.get("sub_code") == ABSENT:
            return Trade("absent")
        try:
            return _trade_of(_succeeded(answer))
        except (KeyError, ValueError) as problem:
            raise ProviderUnavailable(f"alipay.trade.query: an answer that says nothing: {problem}") from problem

    def close_trade(self, payment: PaymentAtProvider) -> None:
        """A trade that cannot be closed (paid, absent, closed) stays as it is; whoever asks looks again."""
        self._ask("alipay.trade.close", {"out_trade_no": payment.number})

    def refund(self, payment: PaymentAtProvider, refund: RefundAtProvider) -> RefundResult:
        content = {
            "out_trade_no": payment.number,
            "out_request_no": refund.number,
            "refund_amount": yuan(refund.amount_fen),
            "refund_reason": refund.reason,
        }
        answer = self._ask("alipay.trade.refund", content)
        if answer["code"] == SUCCESS:
            return RefundResult(is_done=answer.get("fund_change") == "Y" or self.is_refunded(payment, refund))
        return RefundResult(is_done=False, problem=f"{answer.get('sub_code')}: {answer.get('sub_msg')}")

    def is_refunded(self, payment: PaymentAtProvider, refund: RefundAtProvider) -> bool:
        """A refund that does not exist is answered with success, without the refund's fields."""
        content = {"out_trade_no": payment.number, "out_request_no": refund.number}
        answer = self._ask("alipay.trade.fastpay.refund.query", content)
        return answer["code"] == SUCCESS and answer.get("refund_status") == "REFUND_SUCCESS"

    def bill(self, day: date) -> DailyBill | None:
        """The address comes signed, the file itself is not; it is good for half a minute."""
        method = "alipay.data.dataservice.bill.downloadurl.query"
        answer = self._ask(method, {"bill_type": "trade", "bill_date": day.isoformat()})
        if str(answer.get("sub_code")).upper().endswith(NO_BILL):
            return None
        address = _succeeded(answer).get("bill_download_url")
        try:
            file = self.client.download("GET", str(address), LARGEST_PACKED, WITHIN_S)
        except PartnerUnavailable as problem:
            raise ProviderUnavailable(f"bill of {day}: {problem}") from problem
        return DailyBill(digest_of(file), read_alipay_bill(file))

    def _ask(self, method: str, content: dict[str, str]) -> dict[str, Any]:
        """The verified answer, a business refusal included; raises ProviderUnavailable if the effect is unknown."""
        try:
            response = self.client.request(
                "POST",
                f"{self.account.gateway_url}?charset=utf-8",
                data=self._signed(method, content),
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            )
            answer = self._verified(response.content.decode(), method)
        except (PartnerUnavailable, ValueError) as problem:
            raise ProviderUnavailable(f"{method}: {problem}") from problem
        if answer.get("code") in NOT_KNOWN or answer.get("sub_code") in NOT_KNOWN:
            raise ProviderUnavailable(f"{method}: {answer.get('sub_code')}")
        return answer

    def _verified(self, text: str, method: str) -> dict[str, Any]:
        """An answer that is not signed by Alipay is no answer, be it good or bad news."""
        return self.verifier.signed_part(text, f"{method.replace('.', '_')}_response")

    def _signed(self, method: str, content: dict[str, str], **options: str | None) -> str:
        """``timestamp`` is Alipay's time, whatever the zone of this machine."""
        body = self.sdk.build_body(method, content, timestamp=beijing(self.clock.now()), **options)
        return self.sdk.sign_data(body)

    def _require_genuine(self, form: Mapping[str, str]) -> None:
        if not self.verifier.is_signed_form(form):
            raise NoticeNotGenuine("the signature is not Alipay's")
        if form.get("app_id") != self.account.app_id or form.get("seller_id") != self.account.seller_id:
            raise NoticeNotGenuine("the notice is for another shop")


def beijing(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _trade_of(fields: Mapping[str, str]) -> Trade:
    """Raises KeyError or ValueError for what is not a trade."""
    status = TRADE_STATUSES[fields["trade_status"]]
    return Trade(status, _present(fields, "trade_no"), fen_from_yuan(fields["total_amount"]))


def _present(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise KeyError(name)
    return form[name]


def _succeeded(answer: dict[str, Any]) -> dict[str, Any]:
    if answer.get("code") != SUCCESS:
        raise ProviderUnavailable(f"{answer.get('sub_code')}: {answer.get('sub_msg')}")
    return answer
