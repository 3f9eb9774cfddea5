"""Paying with the phone, through WeChat Pay's APIv3, H5 (pay.weixin.qq.com/doc/v3/merchant, H5支付).

Chosen for ``mobile``: the operators' own wallets publish no protocol any more, and this is how phones pay in China. H5
serves any browser of a phone. Spoken without an SDK: those for Python send by themselves, without a pool or a breaker.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from services.chassis.clock import CHINA, Clock, SystemClock
from services.chassis.http_client import PartnerClient
from services.orders.adapters.payments.bill_files import LARGEST_PACKED, WITHIN_S, digest_of, gunzipped
from services.orders.adapters.payments.wechatpay_bill import read_wechatpay_bill
from services.orders.adapters.payments.wechatpay_calls import Answer, WechatPayAccount, WechatPayCalls
from services.orders.adapters.payments.wechatpay_signing import WechatPayVerifier, opened
from services.orders.domain.bill import BillNotGenuine, DailyBill
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

OUR_PREFIX = "pay_"
ORDERS, REFUNDS = "/v3/pay/transactions", "/v3/refund/domestic/refunds"
BILL, NO_BILL, BEING_MADE = "/v3/bill/tradebill", "NO_STATEMENT_EXIST", "STATEMENT_CREATING"
ABSENT = ("ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS")
TRADE_STATES = {
    "SUCCESS": "paid",
    "REFUND": "paid",
    "NOTPAY": "waiting",
    "USERPAYING": "waiting",
    "PAYERROR": "waiting",
    "ACCEPT": "waiting",
    "CLOSED": "closed",
    "REVOKED": "closed",
}
LONGEST_REASON = 80  # bytes
BUYER_WAITS_S = 1.0  # for a place among the calls under way; jobs do not wait, they come again


class WechatPay:
    def __init__(self, account: WechatPayAccount, client: PartnerClient, clock: Clock | None = None) -> None:
        self.account, self.clock = account, clock or SystemClock()
        self.verifier = WechatPayVerifier(account.platform_serial, account.platform_key)
        self.calls = WechatPayCalls(account, client, self.verifier, self.clock)
        self.key = account.api_v3_key.encode()
        if len(self.key) != 32:
            raise ValueError("the APIv3 key has not 32 characters")

    def pay_url(self, payment: PaymentToStart) -> str:
        return self.account.cashier_url.format(payment.payment_id)

    def cashier(self, payment: PaymentToStart) -> Cashier:
        """WeChat Pay gives an address that is good for five minutes: a new one for every browser that asks."""
        wanted = {
            "appid": self.account.app_id,
            "mchid": self.account.merchant_id,
            "description": payment.subject,
            "out_trade_no": payment.number,
            "time_expire": payment.pay_by.astimezone(CHINA).isoformat(timespec="seconds"),
            "notify_url": self.account.notify_url,
            "amount": {"total": payment.amount_fen, "currency": "CNY"},
            "scene_info": {"payer_client_ip": payment.buyer_ip, "h5_info": {"type": "Wap"}},
        }
        answer = self.calls.ask("POST", f"{ORDERS}/h5", wanted, BUYER_WAITS_S)
        if answer.code or not isinstance(answer.body.get("h5_url"), str):
            raise ProviderUnavailable(f"h5: {answer.problem}")
        back = f"&redirect_url={quote(payment.return_url, safe='')}" if payment.return_url else ""
        return Cashier(answer.body["h5_url"] + back)

    def read_notice(self, letter: Letter) -> Notice:
        if not self.verifier.is_genuine(letter.headers, letter.body, self.clock.now()):
            raise NoticeNotGenuine("the signature is not WeChat Pay's, or it is an old one")
        try:
            told = json.loads(letter.body)
            content = json.loads(opened(told["resource"], self.key))
            return self._notice(told, content)
        except (KeyError, ValueError, TypeError) as problem:
            raise NoticeNotGenuine(f"signed, but not a payment notice: {problem}") from None

    def _notice(self, told: dict[str, Any], content: dict[str, Any]) -> Notice:
        if content["mchid"] != self.account.merchant_id:
            raise ValueError("the notice is for another shop")
        payment_id = OUR_PREFIX + str(content["out_trade_no"])
        if str(told["event_type"]).startswith("REFUND."):
            return Notice(str(told["id"]), payment_id, None, _whole(content["amount"]["refund"]))
        if content["appid"] != self.account.app_id:
            raise ValueError("the notice is for another app")
        return Notice(str(told["id"]), payment_id, _trade_of(content))

    def find_trade(self, payment: PaymentAtProvider) -> Trade:
        answer = self.calls.ask("GET", f"{self._of(payment)}?mchid={self.account.merchant_id}")
        if answer.code in ABSENT:
            return Trade("absent")
        if answer.code:
            raise ProviderUnavailable(f"query: {answer.problem}")
        try:
            if answer.body["out_trade_no"] != payment.number:
                raise ValueError("the answer is about another order")
            return _trade_of(answer.body)
        except (KeyError, ValueError, TypeError) as problem:
            raise ProviderUnavailable(f"query: an answer that says nothing: {problem}") from problem

    def close_trade(self, payment: PaymentAtProvider) -> None:
        """A trade that cannot be closed (paid, absent, closed) stays as it is; whoever asks looks again."""
        self.calls.ask("POST", f"{self._of(payment)}/close", {"mchid": self.account.merchant_id})

    def refund(self, payment: PaymentAtProvider, refund: RefundAtProvider) -> RefundResult:
        wanted = {
            "out_trade_no": payment.number,
            "out_refund_no": refund.number,
            "reason": refund.reason.encode()[:LONGEST_REASON].decode(errors="ignore"),
            "amount": {"refund": refund.amount_fen, "total": payment.amount_fen, "currency": "CNY"},
        }
        return _decision(self.calls.ask("POST", REFUNDS, wanted), refund)

    def is_refunded(self, payment: PaymentAtProvider, refund: RefundAtProvider) -> bool:
        return _decision(self.calls.ask("GET", f"{REFUNDS}/{refund.number}"), refund).is_done

    def bill(self, day: date) -> DailyBill | None:
        answer = self.calls.ask("GET", f"{BILL}?bill_date={day.isoformat()}&bill_type=ALL&tar_type=GZIP")
        if answer.code in (NO_BILL, BEING_MADE):
            return None
        if answer.code or answer.body.get("hash_type") != "SHA1":
            raise ProviderUnavailable(f"bill of {day}: {answer.problem}")
        with self.calls.download(str(answer.body.get("download_url")), LARGEST_PACKED, WITHIN_S) as packed:
            file = gunzipped(packed)
        if digest_of(file, "sha1") != answer.body.get("hash_value"):
            file.close()
            raise BillNotGenuine("the file has another hash than was announced")
        return DailyBill(digest_of(file), read_wechatpay_bill(file))

    def _of(self, payment: PaymentAtProvider) -> str:
        return f"{ORDERS}/out-trade-no/{payment.number}"


def _decision(answer: Answer, refund: RefundAtProvider) -> RefundResult:
    if answer.code:
        return RefundResult(is_done=False, problem=answer.problem)
    if answer.body.get("out_refund_no") != refund.number:
        raise ProviderUnavailable("the answer is about another refund")
    status = answer.body.get("status")
    if status == "PROCESSING":
        raise ProviderUnavailable("the refund is taken on, not decided")
    return RefundResult(is_done=status == "SUCCESS", problem=None if status == "SUCCESS" else f"status {status}")


def _trade_of(content: Mapping[str, Any]) -> Trade:
    """Raises KeyError, TypeError or ValueError for what is not a trade."""
    status = TRADE_STATES[content["trade_state"]]
    trade_no = content.get("transaction_id")
    if status == "paid" and not trade_no:
        raise KeyError("transaction_id")
    return Trade(status, trade_no, _whole(content["amount"]["total"]))


def _whole(amount: Any) -> int:
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise ValueError(f"not an amount in fen: {amount!r}")
    return amount
