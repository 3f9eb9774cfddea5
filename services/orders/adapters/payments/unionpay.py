"""Bank cards, through UnionPay's online gateway, version 5.1.0 (open.unionpay.com, 在线网关支付).

Chosen for ``bank``: one contract reaches the net banking of nearly every bank in China, and its protocol is published.
An order is known by its number *and* its time there; a number takes no ``_``, and its files have room for 32 characters
of it; it has no verb to close an unpaid order, which ends by ``payTimeout``; a refund is taken on first and decided
later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from services.chassis.clock import Clock, SystemClock
from services.chassis.http_client import PartnerClient, PartnerUnavailable
from services.orders.adapters.payments.bill_files import LARGEST_PACKED, WITHIN_S
from services.orders.adapters.payments.unionpay_bill import read_unionpay_bill, unpacked
from services.orders.adapters.payments.unionpay_signing import UnionPaySigner, UnionPayVerifier
from services.orders.adapters.payments.unionpay_words import beijing, payment_id_of, read_answer
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

SUCCEEDED, DUPLICATE, ABSENT = "00", "12", "34"
NO_FILE = "98"
UNDER_WAY = ("03", "04", "05")
CONSUMPTION, REFUND, QUERY, FILE = "01", "04", "00", "76"
PAGE_HEADER = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}


@dataclass(frozen=True)
class UnionPayAccount:
    """Who we are to UnionPay. ``gateway_url`` is what comes before /gateway/api, ``file_url`` where its files are;
    ``cashier_url`` is the mall's page with ``{}`` for the payment; PEM texts."""

    merchant_id: str
    gateway_url: str
    file_url: str
    notify_url: str
    cashier_url: str
    private_key: str
    certificate: str
    issuers: str


class UnionPay:
    def __init__(self, account: UnionPayAccount, client: PartnerClient, clock: Clock | None = None) -> None:
        self.account, self.client, self.clock = account, client, clock or SystemClock()
        self.signer = UnionPaySigner(account.private_key, account.certificate)
        self.verifier = UnionPayVerifier(account.issuers)

    def pay_url(self, payment: PaymentToStart) -> str:
        return self.account.cashier_url.format(payment.payment_id)

    def cashier(self, payment: PaymentToStart) -> Cashier:
        """UnionPay wants a form from the browser; no HTTP of ours."""
        fields = self._request(CONSUMPTION, "01", payment.number, payment.started_at) | {
            "txnAmt": str(payment.amount_fen),
            "currencyCode": "156",
            "channelType": "07",
            "payTimeout": beijing(payment.pay_by),
            "backUrl": self.account.notify_url,
            "frontUrl": payment.return_url or "",
        }
        return Cashier(self._address("frontTransReq"), self.signer.signed(fields))

    def read_notice(self, letter: Letter) -> Notice:
        """UnionPay gives its notices no number: the same words are the same notice. One of a refund names the payment
        in ``reqReserved``, which comes back as we sent it."""
        form = letter.fields
        self._require_genuine(form)
        try:
            notify_id = f"{_present(form, 'queryId')}.{_present(form, 'respCode')}.{_present(form, 'txnAmt')}"
            if form.get("txnType") == REFUND:
                return Notice(notify_id, _present(form, "reqReserved"), None, int(form["txnAmt"]))
            if form.get("txnType") != CONSUMPTION:
                raise ValueError(f"txnType {form.get('txnType')}")
            return Notice(notify_id, payment_id_of(_present(form, "orderId")), _trade_of(form, form["respCode"]))
        except (KeyError, ValueError) as problem:
            raise NoticeNotGenuine(f"signed, but not a payment notice: {problem}") from None

    def find_trade(self, payment: PaymentAtProvider) -> Trade:
        answer = self._query(payment.number, payment.started_at)
        return Trade("absent") if answer is None else self._trade(answer)

    def close_trade(self, payment: PaymentAtProvider) -> None:
        """Nothing to ask for: ``payTimeout`` ends what waits, and money that comes later is given back."""

    def refund(self, payment: PaymentAtProvider, refund: RefundAtProvider) -> RefundResult:
        fields = self._request(REFUND, "00", refund.number, refund.requested_at) | {
            "txnAmt": str(refund.amount_fen),
            "channelType": "07",
            "origQryId": payment.trade_no or "",
            "reqReserved": payment.payment_id,
            "backUrl": self.account.notify_url,
        }
        answer = self._ask("backTransReq", fields)
        code = answer.get("respCode", "")
        if code in UNDER_WAY:
            raise ProviderUnavailable(f"refund: {code}")
        if code not in (SUCCEEDED, DUPLICATE):
            return RefundResult(is_done=False, problem=_words(answer, "resp"))
        return self._decision(refund)

    def is_refunded(self, payment: PaymentAtProvider, refund: RefundAtProvider) -> bool:
        return self._decision(refund).is_done

    def bill(self, day: date) -> DailyBill | None:
        """The file comes inside a signed answer. UnionPay's day ends at 23 h: what is paid later is in the next one."""
        answer = self._file_of(day)
        if answer.get("respCode") == NO_FILE:
            return None
        if answer.get("respCode") != SUCCEEDED:
            raise ProviderUnavailable(f"fileTransfer: {_words(answer, 'resp')}")
        packed = unpacked(answer.get("fileContent", ""))
        return DailyBill(sha256(packed).hexdigest(), read_unionpay_bill(packed, day))

    def _file_of(self, day: date) -> dict[str, str]:
        """The verified answer, which tells the day that it is about; raises ProviderUnavailable."""
        fields = self._common(FILE, "01", "000000") | {
            "txnTime": beijing(self.clock.now()),
            "fileType": "00",
            "settleDate": f"{day:%m%d}",
        }
        try:
            signed = self.signer.signed(fields)
            url = self.account.file_url
            with self.client.download("POST", url, LARGEST_PACKED, WITHIN_S, data=signed, headers=PAGE_HEADER) as file:
                answer = read_answer(file.read().decode())
        except (PartnerUnavailable, ValueError) as problem:
            raise ProviderUnavailable(f"fileTransfer: {problem}") from problem
        is_of_day = answer.get("settleDate") == fields["settleDate"]
        if not is_of_day or not self.verifier.is_genuine(answer, self.clock.now()):
            raise ProviderUnavailable("fileTransfer: the answer is not signed by UnionPay for this day")
        return answer

    def _decision(self, refund: RefundAtProvider) -> RefundResult:
        answer = self._query(refund.number, refund.requested_at)
        if answer is None:
            return RefundResult(is_done=False, problem="no such refund")
        code = answer.get("origRespCode", "")
        if code in UNDER_WAY:
            raise ProviderUnavailable(f"refund {refund.refund_id} is taken on, not decided")
        return RefundResult(is_done=code == SUCCEEDED, problem=_words(answer, "origResp"))

    def _query(self, number: str, started_at: datetime) -> dict[str, str] | None:
        """None if UnionPay knows no such order."""
        answer = self._ask("queryTrans", self._request(QUERY, "00", number, started_at))
        if answer.get("respCode") == ABSENT:
            return None
        if answer.get("respCode") != SUCCEEDED:
            raise ProviderUnavailable(f"queryTrans: {_words(answer, 'resp')}")
        return answer

    def _trade(self, answer: Mapping[str, str]) -> Trade:
        try:
            return _trade_of(answer, answer["origRespCode"])
        except (KeyError, ValueError) as problem:
            raise ProviderUnavailable(f"queryTrans: an answer that says nothing: {problem}") from problem

    def _request(self, kind: str, sub_kind: str, number: str, moment: datetime) -> dict[str, str]:
        return self._common(kind, sub_kind, "000201") | {"orderId": number, "txnTime": beijing(moment)}

    def _common(self, kind: str, sub_kind: str, business: str) -> dict[str, str]:
        return {
            "version": "5.1.0",
            "encoding": "UTF-8",
            "signMethod": "01",
            "txnType": kind,
            "txnSubType": sub_kind,
            "bizType": business,
            "accessType": "0",
            "merId": self.account.merchant_id,
        }

    def _ask(self, verb: str, fields: dict[str, str]) -> dict[str, str]:
        """The verified answer; raises ProviderUnavailable if the effect is unknown."""
        try:
            response = self.client.request(
                "POST", self._address(verb), data=self.signer.signed(fields), headers=PAGE_HEADER
            )
            answer = read_answer(response.content.decode())
        except (PartnerUnavailable, ValueError) as problem:
            raise ProviderUnavailable(f"{verb}: {problem}") from problem
        if not self.verifier.is_genuine(answer, self.clock.now()) or answer.get("orderId") != fields["orderId"]:
            raise ProviderUnavailable(f"{verb}: the answer is not signed by UnionPay for this order")
        return answer

    def _address(self, verb: str) -> str:
        return f"{self.account.gateway_url}/gateway/api/{verb}.do"

    def _require_genuine(self, form: Mapping[str, str]) -> None:
        if not self.verifier.is_genuine(form, self.clock.now()):
            raise NoticeNotGenuine("the signature is not UnionPay's")
        if form.get("merId") != self.account.merchant_id:
            raise NoticeNotGenuine("the notice is for another shop")


def _trade_of(fields: Mapping[str, str], code: str) -> Trade:
    """Raises KeyError or ValueError for what is not a trade. A payment that failed is no payment: closed."""
    status = "paid" if code == SUCCEEDED else "waiting" if code in UNDER_WAY else "closed"
    return Trade(status, fields.get("queryId"), int(_present(fields, "txnAmt")))


def _present(fields: Mapping[str, str], name: str) -> str:
    if not fields.get(name):
        raise KeyError(name)
    return fields[name]


def _words(answer: Mapping[str, str], kind: str) -> str:
    return f"{answer.get(f'{kind}Code')}: {answer.get(f'{kind}Msg')}"
