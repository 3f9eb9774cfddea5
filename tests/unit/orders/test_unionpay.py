"""UnionPay's signatures and words: its published example, and keys made here; no network."""

from datetime import timedelta
from functools import cache
from urllib.parse import urlencode

import pytest
from cryptography.x509 import load_pem_x509_certificate
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.sandbox.unionpay.certificates import certificate_pem
from services.chassis.clock import FixedClock
from services.chassis.http_client import PartnerUnavailable
from services.orders.adapters.payments.rsa_sha256 import Signer
from services.orders.adapters.payments.unionpay import UnionPay, UnionPayAccount
from services.orders.adapters.payments.unionpay_signing import is_signed_by, name_in, signed_text
from services.orders.domain.provider import Letter, NoticeNotGenuine, ProviderUnavailable, Trade
from tests.unit.orders.payment_keys import HEX, PAYMENT, REFUND, Reply, Sent, key_of, private_pem, to_start
from tests.unit.orders.unionpay_example import CERTIFICATE, NOTICE

EXAMPLE_KEY = load_pem_x509_certificate(CERTIFICATE.encode()).public_key()
MERCHANT = "777290058110001"


def pem(name: str, owner: str, issuer: str = "issuer") -> str:
    return certificate_pem(name, key_of(owner), key_of(issuer)).decode()


ACCOUNT = UnionPayAccount(
    merchant_id=MERCHANT,
    gateway_url="https://gateway.example",
    file_url="https://files.example/",
    notify_url="https://mall.example/callbacks/payments/bank",
    cashier_url="https://mall.example/v1/payments/{}/cashier",
    private_key=private_pem("merchant"),
    certificate=pem("merchant", "merchant"),
    issuers=pem("issuer", "issuer"),
)
UNIONPAY = pem("gateway", "unionpay").strip()
NOW = load_pem_x509_certificate(UNIONPAY.encode()).not_valid_before_utc + timedelta(days=2)
PAID = {
    "version": "5.1.0",
    "merId": MERCHANT,
    "orderId": HEX,
    "txnType": "01",
    "txnTime": "20260302120000",
    "txnAmt": "9900",
    "queryId": "991203021200001234567",
    "respCode": "00",
    "respMsg": "成功[0000000]",
}


def unionpay(answer=None) -> UnionPay:
    return UnionPay(ACCOUNT, Sent(answer), FixedClock(NOW))


@cache
def signer_of(owner: str) -> Signer:
    """Reading a key takes longer than all that is done with it."""
    return Signer(private_pem(owner))


def signed(owner: str = "unionpay", certificate: str = UNIONPAY, **fields: str) -> dict[str, str]:
    full = {name: value for name, value in fields.items() if value} | {"signPubKeyCert": certificate}
    return full | {"signature": signer_of(owner).sign(signed_text(full))}


def told(**changes: str) -> dict[str, str]:
    return signed(**(PAID | changes))


def answers(**fields: str):
    """UnionPay's answer to whatever order it is asked about."""

    def answer(_method, _url, data):
        fields_ = signed(**({"orderId": data["orderId"], "respCode": "00"} | fields))
        return Reply("&".join(f"{name}={value}" for name, value in fields_.items()))

    return answer


def test_the_published_example_is_genuine():
    assert is_signed_by(EXAMPLE_KEY, NOTICE)
    assert name_in(load_pem_x509_certificate(CERTIFICATE.encode())) == "00040000:SIGN"


@settings(deadline=None)
@given(st.data())
def test_any_changed_byte_of_the_published_example_is_refused(data):
    name = data.draw(st.sampled_from(sorted(NOTICE)))
    value = NOTICE[name]
    at = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != value[at]))
    assert not is_signed_by(EXAMPLE_KEY, NOTICE | {name: value[:at] + other + value[at + 1 :]})


@pytest.mark.parametrize("name", sorted(NOTICE))
def test_a_field_taken_out_or_put_in_is_refused(name):
    assert not is_signed_by(EXAMPLE_KEY, {key: value for key, value in NOTICE.items() if key != name})
    assert not is_signed_by(EXAMPLE_KEY, NOTICE | {f"{name}2": "x"})


def test_a_genuine_notice_in_our_words():
    notice = unionpay().read_notice(Letter(told()))
    assert (notice.payment_id, notice.trade) == (f"pay_{HEX}", Trade("paid", PAID["queryId"], 9900))
    again = unionpay().read_notice(Letter(told()))
    other = unionpay().read_notice(Letter(told(txnAmt="9901")))
    assert notice.notify_id == again.notify_id != other.notify_id


@pytest.mark.parametrize(("code", "status"), [("05", "waiting"), ("51", "closed"), ("00", "paid")])
def test_a_notice_of_no_payment(code, status):
    assert unionpay().read_notice(Letter(told(respCode=code))).trade.status == status


def test_a_notice_of_a_refund_names_its_payment():
    form = told(txnType="04", orderId=REFUND.number, reqReserved=PAYMENT.payment_id, txnAmt="150", queryId="q2")
    notice = unionpay().read_notice(Letter(form))
    assert (notice.payment_id, notice.trade, notice.refunded_fen) == (PAYMENT.payment_id, None, 150)


OURS, GENUINE = unionpay(), told()


@settings(deadline=None)
@given(st.data())
def test_any_changed_byte_of_a_notice_is_refused(data):
    form = GENUINE
    name = data.draw(st.sampled_from(sorted(form)))
    at = data.draw(st.integers(0, len(form[name]) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != form[name][at]))
    with pytest.raises(NoticeNotGenuine):
        OURS.read_notice(Letter(form | {name: form[name][:at] + other + form[name][at + 1 :]}))


@pytest.mark.parametrize(
    "form",
    [
        {},
        told(merId="777290058110002"),
        told(txnAmt="99.00"),
        told(txnAmt=""),
        told(queryId=""),
        told(txnType="31"),
        signed("stranger", pem("gateway", "stranger", issuer="stranger"), **PAID),  # certified by nobody we know
        signed("merchant", pem("merchant", "merchant"), **PAID),  # certified, but not as UnionPay
        signed("unionpay", "-----BEGIN CERTIFICATE-----", **PAID),
    ],
)
def test_signed_but_not_by_unionpay_or_not_for_us(form):
    with pytest.raises(NoticeNotGenuine):
        unionpay().read_notice(Letter(form))


def test_a_certificate_that_ran_out_certifies_nothing():
    late = UnionPay(ACCOUNT, Sent(), FixedClock(NOW + timedelta(days=4000)))
    with pytest.raises(NoticeNotGenuine):
        late.read_notice(Letter(told()))


def test_the_cashier_gets_a_signed_form():
    provider = unionpay()
    cashier = provider.cashier(to_start())
    assert cashier.url == "https://gateway.example/gateway/api/frontTransReq.do"
    assert is_signed_by(key_of("merchant").public_key(), cashier.fields)
    wanted = {
        "orderId": HEX,
        "txnTime": "20260302120000",
        "txnAmt": "9900",
        "payTimeout": "20260302121500",
        "backUrl": ACCOUNT.notify_url,
        "frontUrl": "https://mall.example/r",
        "certId": str(load_pem_x509_certificate(ACCOUNT.certificate.encode()).serial_number),
    }
    assert {name: cashier.fields[name] for name in wanted} == wanted
    assert provider.pay_url(to_start()) == f"https://mall.example/v1/payments/pay_{HEX}/cashier"
    assert "frontUrl" not in provider.cashier(to_start(return_url=None)).fields
    assert provider.client.requests == []


def test_a_trade_in_our_words():
    paid = answers(origRespCode="00", txnAmt="9900", queryId="q1")
    assert unionpay(paid).find_trade(PAYMENT) == Trade("paid", "q1", 9900)
    assert unionpay(answers(respCode="34")).find_trade(PAYMENT) == Trade("absent")
    assert unionpay(answers(origRespCode="05", txnAmt="9900")).find_trade(PAYMENT).status == "waiting"
    asked = unionpay(paid)
    asked.find_trade(PAYMENT)
    _, url, fields, _ = asked.client.requests[0]
    assert url.endswith("/queryTrans.do")
    assert (fields["orderId"], fields["txnTime"], fields["txnType"]) == (HEX, "20260302120000", "00")


def test_a_refund_is_taken_on_and_then_asked_about():
    provider = unionpay(answers(origRespCode="00", txnAmt="150"))
    assert provider.refund(PAYMENT, REFUND).is_done
    (_, first, asked, _), (_, second, _, _) = provider.client.requests
    assert (first.rpartition("/")[2], second.rpartition("/")[2]) == ("backTransReq.do", "queryTrans.do")
    wanted = {"orderId": REFUND.number, "txnTime": "20260302122000", "txnAmt": "150", "origQryId": PAYMENT.trade_no}
    assert {name: asked[name] for name in wanted} == wanted
    assert asked["reqReserved"] == PAYMENT.payment_id
    assert unionpay(answers(respCode="34")).is_refunded(PAYMENT, REFUND) is False


def test_a_refund_that_is_not_decided_is_not_known():
    for answer in (answers(origRespCode="05"), answers(respCode="04")):
        with pytest.raises(ProviderUnavailable):
            unionpay(answer).refund(PAYMENT, REFUND)


def test_a_refused_refund_says_why():
    refused = unionpay(answers(respCode="36", respMsg="与原交易信息不符")).refund(PAYMENT, REFUND)
    assert (refused.is_done, refused.problem) == (False, "36: 与原交易信息不符")


@pytest.mark.parametrize(
    "answer",
    [
        PartnerUnavailable("timed out"),
        Reply(""),
        Reply("<html>502</html>"),
        Reply(urlencode(told())),
        answers(orderId=HEX[::-1], origRespCode="00", txnAmt="1", queryId="q"),
        answers(respCode="10"),
        answers(origRespCode="00"),
    ],
)
def test_no_usable_answer_is_not_an_answer(answer):
    with pytest.raises(ProviderUnavailable):
        unionpay(answer).find_trade(PAYMENT)
