"""WeChat Pay's signatures and words: texts as its documents show them, and keys made here; no network."""

import json
import re
from base64 import b64encode
from datetime import timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.clock import FixedClock
from services.chassis.http_client import PartnerUnavailable
from services.orders.adapters.payments.rsa_sha256 import Signer, is_signed
from services.orders.adapters.payments.wechatpay import WechatPay
from services.orders.adapters.payments.wechatpay_calls import WechatPayAccount
from services.orders.adapters.payments.wechatpay_signing import opened, signed_text
from services.orders.domain.provider import Letter, NoticeNotGenuine, ProviderUnavailable, Trade
from tests.unit.orders.payment_keys import (
    HEX,
    NOON,
    PAYMENT,
    REFUND,
    Reply,
    Sent,
    key_of,
    private_pem,
    public_pem,
    to_start,
)

KEY = "0123456789abcdef0123456789abcdef"
SERIAL = "PUB_KEY_ID_0119000000012026030200000000000001"
ACCOUNT = WechatPayAccount(
    app_id="wx0000000000000001",
    merchant_id="1900000001",
    merchant_serial="5157F09EFDC096DE15EBE81A47057A72000000M1",
    api_url="https://api.example",
    notify_url="https://mall.example/callbacks/payments/mobile",
    cashier_url="https://mall.example/v1/payments/{}/cashier",
    private_key=private_pem("merchant"),
    platform_key=public_pem("wechatpay"),
    platform_serial=SERIAL,
    api_v3_key=KEY,
)
TRANSACTION = {
    "appid": ACCOUNT.app_id,
    "mchid": ACCOUNT.merchant_id,
    "out_trade_no": HEX,
    "transaction_id": "4200002026030200001234567890",
    "trade_state": "SUCCESS",
    "amount": {"total": 9900, "payer_total": 9900, "currency": "CNY"},
}
REFUNDED = {"out_refund_no": REFUND.number, "status": "SUCCESS", "amount": {"refund": 150}}


def wechatpay(answer=None) -> WechatPay:
    return WechatPay(ACCOUNT, Sent(answer), FixedClock(NOON))


@cache
def signer_of(owner: str) -> Signer:
    """Reading a key takes longer than all that is done with it."""
    return Signer(private_pem(owner))


def headers_of(body: str, at=NOON, owner="wechatpay", serial=SERIAL) -> dict[str, str]:
    timestamp, nonce = str(int(at.timestamp())), "c5ac7061fccab6bf3e254dcf98995b8c"
    signature = signer_of(owner).sign(signed_text(timestamp, nonce, body))
    return {
        "wechatpay-timestamp": timestamp,
        "wechatpay-nonce": nonce,
        "wechatpay-signature": signature,
        "wechatpay-serial": serial,
    }


def closed(content: dict, key: str = KEY) -> dict[str, str]:
    text = json.dumps(content).encode()
    ciphertext = AESGCM(key.encode()).encrypt(b"fdasflkja484", text, b"transaction")
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": b64encode(ciphertext).decode(),
        "nonce": "fdasflkja484",
        "associated_data": "transaction",
    }


def letter(event="TRANSACTION.SUCCESS", resource=None, content=None, **signing) -> Letter:
    told = {"id": "EV-1", "event_type": event, "resource": resource or closed(TRANSACTION | (content or {}))}
    body = json.dumps(told)
    return Letter(headers=headers_of(body, **signing), body=body)


def signed_reply(content, status=200, **signing) -> Reply:
    body = json.dumps(content) if content is not None else ""
    return Reply(body, status, {name.title(): value for name, value in headers_of(body, **signing).items()})


def test_texts_to_be_signed_are_those_of_the_documents():
    """pay.weixin.qq.com/doc/v3: 签名生成 (a GET without a body) and 签名验证 (an answer)."""
    asked = signed_text("GET", "/v3/certificates", "1554208460", "593BEC0C930BF1AFEB40B4A08C8FB242", "")
    assert asked == "GET\n/v3/certificates\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n"
    assert signed_text("1554209980", "c5ac7061fccab6bf3e254dcf98995b8c", '{"data":[]}') == (
        '1554209980\nc5ac7061fccab6bf3e254dcf98995b8c\n{"data":[]}\n'
    )


def test_a_genuine_notice_in_our_words():
    notice = wechatpay().read_notice(letter())
    assert (notice.notify_id, notice.payment_id) == ("EV-1", PAYMENT.payment_id)
    assert notice.trade == Trade("paid", TRANSACTION["transaction_id"], 9900)


def test_a_notice_of_a_refund():
    told = {"mchid": ACCOUNT.merchant_id, "out_trade_no": HEX, "amount": {"refund": 150, "total": 9900}}
    notice = wechatpay().read_notice(letter("REFUND.SUCCESS", closed(told)))
    assert (notice.payment_id, notice.trade, notice.refunded_fen) == (PAYMENT.payment_id, None, 150)


OURS, GENUINE = wechatpay(), letter()


@settings(deadline=None)
@given(st.data())
def test_any_changed_byte_of_a_notice_is_refused(data):
    at = data.draw(st.integers(0, len(GENUINE.body) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != GENUINE.body[at]))
    changed = GENUINE.body[:at] + other + GENUINE.body[at + 1 :]
    with pytest.raises(NoticeNotGenuine):
        OURS.read_notice(Letter(headers=GENUINE.headers, body=changed))


@settings(deadline=None)
@given(st.data())
def test_any_changed_byte_of_its_headers_is_refused(data):
    name = data.draw(st.sampled_from(sorted(GENUINE.headers)))
    value = GENUINE.headers[name]
    at = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != value[at]))
    headers = {**GENUINE.headers, name: value[:at] + other + value[at + 1 :]}
    with pytest.raises(NoticeNotGenuine):
        OURS.read_notice(Letter(headers=headers, body=GENUINE.body))


@settings(deadline=None)
@given(st.data())
def test_any_changed_byte_of_what_is_closed_does_not_open(data):
    resource = closed(TRANSACTION)
    name = data.draw(st.sampled_from(["ciphertext", "nonce", "associated_data"]))
    at = data.draw(st.integers(0, len(resource[name]) - 1 - 4 * (name == "ciphertext")))  # its end has bits to spare
    other = data.draw(st.sampled_from("ABCDabcd0123+/").filter(lambda c: c != resource[name][at]))
    changed = resource | {name: resource[name][:at] + other + resource[name][at + 1 :]}
    with pytest.raises(ValueError, match="not closed with our key"):
        opened(changed, KEY.encode())


@pytest.mark.parametrize(
    "bad",
    [
        letter(at=NOON - timedelta(seconds=301)),
        letter(at=NOON + timedelta(seconds=301)),
        letter(owner="merchant"),
        letter(serial="PUB_KEY_ID_OTHER"),
        letter(content={"mchid": "1900000002"}),
        letter(content={"appid": "wx0000000000000002"}),
        letter(content={"trade_state": "DREAMT"}),
        letter(content={"amount": {"total": "9900"}}),
        letter(content={"amount": {"total": True}}),
        letter(content={"transaction_id": ""}),
        letter(resource=closed(TRANSACTION, key=KEY[::-1])),
        letter(resource=closed(TRANSACTION) | {"algorithm": "PLAIN"}),
        letter(resource="text"),
        Letter(),
        Letter(headers=headers_of("[]"), body="[]"),
        Letter(headers=headers_of("no json"), body="no json"),
        Letter(headers={**GENUINE.headers, "wechatpay-signature": "WECHATPAY/SIGNTEST/abc"}, body=GENUINE.body),
    ],
)
def test_old_false_or_not_for_us(bad):
    with pytest.raises(NoticeNotGenuine):
        wechatpay().read_notice(bad)


def test_the_cashier_is_asked_for_and_knows_the_way_back():
    provider = wechatpay(signed_reply({"h5_url": "https://wx.example/h5?prepay_id=1"}))
    cashier = provider.cashier(to_start())
    assert cashier.url == "https://wx.example/h5?prepay_id=1&redirect_url=https%3A%2F%2Fmall.example%2Fr"
    assert cashier.fields is None
    method, url, body, headers = provider.calls.client.requests[0]
    assert (method, url) == ("POST", "https://api.example/v3/pay/transactions/h5")
    asked = json.loads(body)
    assert (asked["out_trade_no"], asked["amount"]) == (HEX, {"total": 9900, "currency": "CNY"})
    assert asked["time_expire"] == "2026-03-02T12:15:00+08:00"
    assert asked["scene_info"] == {"payer_client_ip": "203.0.113.9", "h5_info": {"type": "Wap"}}
    assert_signed(headers["Authorization"], method, "/v3/pay/transactions/h5", body.decode())


def assert_signed(authorization: str, method: str, path: str, body: str) -> None:
    scheme, _, rest = authorization.partition(" ")
    parts = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    text = signed_text(method, path, parts["timestamp"], parts["nonce_str"], body)
    assert scheme == "WECHATPAY2-SHA256-RSA2048"
    assert (parts["mchid"], parts["serial_no"]) == (ACCOUNT.merchant_id, ACCOUNT.merchant_serial)
    assert is_signed(key_of("merchant").public_key(), text, parts["signature"])


@pytest.mark.parametrize(
    ("state", "status"),
    [("SUCCESS", "paid"), ("REFUND", "paid"), ("NOTPAY", "waiting"), ("USERPAYING", "waiting"), ("CLOSED", "closed")],
)
def test_a_trade_in_our_words(state, status):
    provider = wechatpay(signed_reply(TRANSACTION | {"trade_state": state}))
    assert provider.find_trade(PAYMENT) == Trade(status, TRANSACTION["transaction_id"], 9900)
    method, url, body, headers = provider.calls.client.requests[0]
    path = f"/v3/pay/transactions/out-trade-no/{HEX}?mchid=1900000001"
    assert (method, url, body) == ("GET", f"https://api.example{path}", b"")
    assert_signed(headers["Authorization"], method, path, "")


def test_an_unpaid_trade_has_no_number_and_an_absent_one_nothing():
    unpaid = {name: value for name, value in TRANSACTION.items() if name != "transaction_id"}
    assert wechatpay(signed_reply(unpaid | {"trade_state": "NOTPAY"})).find_trade(PAYMENT) == Trade(
        "waiting", None, 9900
    )
    absent = Reply('{"code":"ORDER_NOT_EXIST","message":"订单不存在"}', 404)
    assert wechatpay(absent).find_trade(PAYMENT) == Trade("absent")


def test_closing_what_is_paid_changes_nothing():
    wechatpay(signed_reply(None, 204)).close_trade(PAYMENT)
    wechatpay(Reply('{"code":"ORDERPAID","message":"订单已支付"}', 400)).close_trade(PAYMENT)


def test_refund_results():
    provider = wechatpay(signed_reply(REFUNDED))
    assert provider.refund(PAYMENT, REFUND).is_done
    asked = json.loads(provider.calls.client.requests[0][2])
    assert asked["amount"] == {"refund": 150, "total": 9900, "currency": "CNY"}
    assert (asked["out_trade_no"], asked["out_refund_no"]) == (HEX, REFUND.number)
    assert wechatpay(signed_reply(REFUNDED)).is_refunded(PAYMENT, REFUND)
    assert not wechatpay(Reply('{"code":"RESOURCE_NOT_EXISTS"}', 404)).is_refunded(PAYMENT, REFUND)
    refused = wechatpay(Reply('{"code":"NOT_ENOUGH","message":"余额不足"}', 403)).refund(PAYMENT, REFUND)
    assert (refused.is_done, refused.problem) == (False, "NOT_ENOUGH: 余额不足")
    stuck = wechatpay(signed_reply(REFUNDED | {"status": "ABNORMAL"})).refund(PAYMENT, REFUND)
    assert (stuck.is_done, stuck.problem) == (False, "status ABNORMAL")


@pytest.mark.parametrize("call", ["find_trade", "close_trade", "refund", "is_refunded", "cashier"])
@pytest.mark.parametrize(
    "answer",
    [
        PartnerUnavailable("timed out"),
        Reply(json.dumps(TRANSACTION)),
        signed_reply(TRANSACTION, owner="merchant"),
        signed_reply(TRANSACTION, at=NOON - timedelta(hours=1)),
        Reply("<html>busy</html>", 429),
        Reply('{"code":"FREQUENCY_LIMITED"}', 429),
        Reply("[]", 400),
        Reply('{"code":' * 100_000, 400),
    ],
)
def test_no_usable_answer_is_not_an_answer(call, answer):
    provider = wechatpay(answer)
    arguments = (to_start(),) if call == "cashier" else (PAYMENT, REFUND) if "refund" in call else (PAYMENT,)
    with pytest.raises(ProviderUnavailable):
        getattr(provider, call)(*arguments)


def test_an_answer_about_something_else_is_none():
    with pytest.raises(ProviderUnavailable):
        wechatpay(signed_reply(TRANSACTION | {"out_trade_no": HEX[::-1]})).find_trade(PAYMENT)
    with pytest.raises(ProviderUnavailable):
        wechatpay(signed_reply(REFUNDED | {"out_refund_no": "rfd_other"})).refund(PAYMENT, REFUND)
    with pytest.raises(ProviderUnavailable):
        wechatpay(signed_reply(REFUNDED | {"status": "PROCESSING"})).refund(PAYMENT, REFUND)
