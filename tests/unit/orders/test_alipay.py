"""Alipay's signatures and words, with keys made here; no network."""

import base64
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from services.chassis.clock import FixedClock
from services.chassis.http_client import PartnerUnavailable
from services.orders.adapters.payments.alipay import Alipay, AlipayAccount
from services.orders.domain.provider import (
    Letter,
    NoticeNotGenuine,
    PaymentAtProvider,
    PaymentToStart,
    ProviderUnavailable,
    RefundAtProvider,
    Trade,
)

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
APP, PROVIDER = (generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
ACCOUNT = AlipayAccount(
    app_id="2026000000000001",
    seller_id="2088000000000001",
    gateway_url="https://alipay.example/gateway.do",
    notify_url="https://mall.example/callbacks/payments/alipay",
    app_private_key=APP.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    provider_public_key=PROVIDER.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
)
PAYMENT = PaymentAtProvider("pay_1", 9900, NOON, "pay_1")
REFUND = RefundAtProvider("rfd_1", 150, "late", NOON, "rfd_1")
NOTICE = {
    "app_id": ACCOUNT.app_id,
    "seller_id": ACCOUNT.seller_id,
    "notify_id": "n-1",
    "notify_type": "trade_status_sync",
    "out_trade_no": "pay_1",
    "trade_no": "2026030222001",
    "trade_status": "TRADE_SUCCESS",
    "total_amount": "99.00",
    "subject": "积分商城订单",
}


class AnsweringClient:
    """Stands where PartnerClient stands: gives one answer and keeps what was sent."""

    def __init__(self, answer):
        self.answer, self.sent = answer, []

    def request(self, method, url, data="", headers=None):
        self.sent.append({name: values[0] for name, values in parse_qs(data).items()})
        if isinstance(self.answer, Exception):
            raise self.answer
        content = self.answer(self.sent[-1]["method"]).encode()
        return type("Response", (), {"content": content})


def signature_of(key, text):
    return base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


def signed_notice(**changes):
    fields = NOTICE | changes
    text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()) if value)
    return {**fields, "sign": signature_of(PROVIDER, text), "sign_type": "RSA2"}


def signed_answer(key=PROVIDER, **inner):
    def answer(method):
        text = json.dumps(inner, ensure_ascii=False)
        return f'{{"{method.replace(".", "_")}_response":{text},"sign":"{signature_of(key, text)}"}}'

    return answer


def alipay(answer=None):
    return Alipay(ACCOUNT, AnsweringClient(answer), FixedClock(NOON))


def to_start(**changes):
    told = {"subject": "积分商城订单 1", "pay_by": NOON + timedelta(minutes=15), **changes}
    return PaymentToStart("pay_1", 9900, NOON, "pay_1", **told)


def test_pay_url_is_signed_over_its_unescaped_fields():
    payment = to_start(return_url="https://mall.example/r")
    address, _, query = alipay().pay_url(payment).partition("?")
    fields = {name: values[0] for name, values in parse_qs(query).items()}
    signature = base64.b64decode(fields.pop("sign"))
    text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
    APP.public_key().verify(signature, text.encode(), PKCS1v15(), SHA256())

    assert (address, fields["timestamp"]) == (ACCOUNT.gateway_url, "2026-03-02 12:00:00")
    assert (fields["notify_url"], fields["return_url"]) == (ACCOUNT.notify_url, "https://mall.example/r")
    content = json.loads(fields["biz_content"])
    assert (content["total_amount"], content["out_trade_no"]) == ("99.00", "pay_1")
    assert content["time_expire"] == "2026-03-02 12:15:00"


def test_no_return_url_is_no_field():
    url = alipay().pay_url(to_start())
    assert "return_url" not in parse_qs(urlsplit(url).query)


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("TRADE_SUCCESS", "paid"),
        ("TRADE_FINISHED", "paid"),
        ("TRADE_CLOSED", "closed"),
        ("WAIT_BUYER_PAY", "waiting"),
    ],
)
def test_genuine_notice_is_read_and_left_as_it_came(status, meaning):
    form = signed_notice(trade_status=status, refund_fee="1.50", empty="")
    before = dict(form)
    notice = alipay().read_notice(Letter(form))
    assert form == before
    assert (notice.notify_id, notice.payment_id, notice.refunded_fen) == ("n-1", "pay_1", 150)
    assert notice.trade == Trade(meaning, "2026030222001", 9900)


def test_every_changed_field_breaks_the_signature():
    form = signed_notice()
    for name in form:
        with pytest.raises(NoticeNotGenuine):
            alipay().read_notice(Letter(form | {name: form[name] + "0"}))
    for name in ("sign", "sign_type", "notify_id"):
        with pytest.raises(NoticeNotGenuine):
            alipay().read_notice(Letter({key: value for key, value in form.items() if key != name}))


@pytest.mark.parametrize(
    "changes",
    [
        {"app_id": "2026000000000002"},
        {"seller_id": "2088000000000002"},
        {"trade_status": "TRADE_DREAMT"},
        {"total_amount": "99.001"},
        {"total_amount": ""},
        {"notify_id": ""},
    ],
)
def test_signed_but_not_ours_or_not_a_notice(changes):
    with pytest.raises(NoticeNotGenuine):
        alipay().read_notice(Letter(signed_notice(**changes)))


def test_query_in_our_words():
    known = signed_answer(code="10000", trade_status="TRADE_SUCCESS", trade_no="t1", total_amount="0.10", s="{中")
    absent = signed_answer(code="40004", sub_code="ACQ.TRADE_NOT_EXIST", sub_msg="交易不存在")
    assert alipay(known).find_trade(PAYMENT) == Trade("paid", "t1", 10)
    assert alipay(absent).find_trade(PAYMENT) == Trade("absent")


@pytest.mark.parametrize(
    "answer",
    [
        PartnerUnavailable("timed out"),
        signed_answer(code="20000", sub_code="isp.unknow-error"),
        signed_answer(code="40004", sub_code="ACQ.SYSTEM_ERROR"),
        signed_answer(key=APP, code="10000", trade_status="TRADE_SUCCESS", trade_no="t1", total_amount="0.10"),
        lambda _: '{"error_response":{"code":"40002"}}',
        lambda _: "<html>502</html>",
        lambda _: '{"a":' * 100_000,
        lambda _: "[]",
        lambda _: "",
    ],
)
def test_no_usable_answer_is_not_an_answer(answer):
    provider = alipay(answer)
    for call in (
        lambda: provider.find_trade(PAYMENT),
        lambda: provider.close_trade(PAYMENT),
        lambda: provider.refund(PAYMENT, REFUND),
        lambda: provider.is_refunded(PAYMENT, REFUND),
    ):
        with pytest.raises(ProviderUnavailable):
            call()


def test_refund_results():
    assert alipay(signed_answer(code="10000", fund_change="Y")).refund(PAYMENT, REFUND).is_done
    refused = alipay(signed_answer(code="40004", sub_code="ACQ.SELLER_BALANCE_NOT_ENOUGH")).refund(PAYMENT, REFUND)
    assert not refused.is_done
    assert "SELLER_BALANCE" in str(refused.problem)


def test_refund_that_moved_nothing_is_looked_up():
    provider = alipay(signed_answer(code="10000", fund_change="N", refund_status="REFUND_SUCCESS"))
    assert provider.refund(PAYMENT, REFUND).is_done
    first, second = provider.client.sent
    assert (first["method"], second["method"]) == ("alipay.trade.refund", "alipay.trade.fastpay.refund.query")
    content = json.loads(first["biz_content"])
    assert (content["refund_amount"], content["out_request_no"]) == ("1.50", "rfd_1")
