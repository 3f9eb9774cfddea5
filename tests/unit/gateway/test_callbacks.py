"""Partners' callbacks: the body goes on unchanged, the answers are those that the partner's protocol knows."""

import re

import pytest
from werkzeug.test import TestResponse

from gateway.notices import MANNERS
from services.chassis.bus.faults import RpcTimeout
from services.chassis.refusal import INVALID_REQUEST, Refused
from services.logistics import contract as logistics
from services.orders import contract as orders
from tests.unit.gateway.edge import UUID, Edge, problem_of
from tests.unit.gateway.route import SIGNATURE

CARRIER, PROVIDER = "/callbacks/carriers/sf", "/callbacks/payments/alipay"


@pytest.mark.parametrize(
    "body",
    [b'{"a":1}', b'{"a" : 1.0}\r\n', "\ufeff{}".encode(), b'{"a":1,"a":2}', b"not json", "运单".encode(), b"\x00"],
)
def test_a_carriers_body_is_passed_on_unchanged(edge: Edge, body: bytes) -> None:
    got: list[dict] = []
    # a scripted RPC would refuse a NUL as the service does; here the bytes that are sent matter
    edge.rpc.ask = lambda contract, request, timeout_s=None: (
        got.append(request)
        or {  # type: ignore[assignment]
            "ok": True,
            "value": {"outcome": "applied"},
        }
    )
    assert edge.ask("POST", CARRIER, token=None, data=body, headers=SIGNATURE).status_code == 200
    assert got[0]["body"].encode() == body


def test_a_body_that_is_not_utf8_is_400(edge: Edge) -> None:
    response = edge.ask("POST", CARRIER, token=None, data=b"\xff", headers=SIGNATURE)
    assert problem_of(response) == (400, "request.malformed")


@pytest.mark.parametrize("missing", SIGNATURE)
def test_a_callback_without_a_signature_header_is_401(edge: Edge, missing: str) -> None:
    headers = {name: value for name, value in SIGNATURE.items() if name != missing}
    response = edge.ask("POST", CARRIER, token=None, data=b"{}", headers=headers)
    assert problem_of(response) == (401, logistics.SIGNATURE_INVALID)
    assert edge.rpc.calls == []


@pytest.mark.parametrize("body", [b"", b"x" * 65_537, b"\x00"])
def test_what_the_contract_refuses_is_422(edge: Edge, body: bytes) -> None:
    edge.script(logistics.RECORD_CARRIER_CALLBACK)
    response = edge.ask("POST", CARRIER, token=None, data=body, headers=SIGNATURE)
    assert problem_of(response) == (422, INVALID_REQUEST)


@pytest.mark.parametrize("name", ["a" * 41, "%00", "a%20b", "%E9%A1%BA", ""])
def test_a_name_that_no_carrier_has_is_404(edge: Edge, name: str) -> None:
    response = edge.ask("POST", f"/callbacks/carriers/{name}", token=None, data=b"{}", headers=SIGNATURE)
    assert problem_of(response) == (404, "route.unknown")


NOTICES = {
    "alipay": {"data": {"a": "b"}},
    "bank": {"data": {"a": "b"}},
    "mobile": {"data": b'{"a": "b"}', "content_type": "application/json"},
}


def notified(edge: Edge, provider: str) -> TestResponse:
    return edge.ask("POST", f"/callbacks/payments/{provider}", token=None, **NOTICES[provider])


@pytest.mark.parametrize("outcome", ["applied", "duplicate", "ignored"])
@pytest.mark.parametrize(
    ("provider", "word"), [("alipay", (200, b"success")), ("bank", (200, b"ok")), ("mobile", (204, b""))]
)
def test_a_notice_that_was_taken_ends_its_repetition(edge: Edge, outcome: str, provider: str, word: tuple) -> None:
    edge.script(orders.RECORD_PAYMENT_NOTICE, {"outcome": outcome})
    response = notified(edge, provider)
    assert (response.status_code, response.data) == word


@pytest.mark.parametrize(
    ("code", "statuses"),
    [
        (orders.NOTICE_NOT_GENUINE, {"alipay": 401, "bank": 401, "mobile": 401}),
        (orders.PAYMENT_UNKNOWN, {"alipay": 200, "bank": 409, "mobile": 409}),
        (orders.AMOUNT_DIFFERS, {"alipay": 200, "bank": 409, "mobile": 409}),
    ],
)
@pytest.mark.parametrize("provider", orders.PROVIDERS)
def test_a_notice_that_was_not_applied_is_repeated(edge: Edge, code: str, statuses: dict, provider: str) -> None:
    edge.script(orders.RECORD_PAYMENT_NOTICE, Refused(code, "no"))
    response = notified(edge, provider)
    assert response.status_code == statuses[provider]
    assert response.json["code"] == "FAIL" if provider == "mobile" else response.data == b"failure"


def test_every_provider_of_the_contract_has_manners() -> None:
    assert set(MANNERS) == set(orders.PROVIDERS)


def test_a_text_notice_goes_on_unchanged_with_its_signed_headers_alone(edge: Edge) -> None:
    edge.script(orders.RECORD_PAYMENT_NOTICE)
    body = '{ "id":"EV-1",\n"汉":1e0 }'
    headers = {"Wechatpay-Nonce": "n", "Wechatpay-Serial": "s", "Wechatpay-Signature": "g", "Wechatpay-Timestamp": "1"}
    options = {"data": body.encode(), "content_type": "application/json", "headers": headers | {"X-Other": "o"}}
    edge.ask("POST", "/callbacks/payments/mobile", token=None, **options)
    assert edge.sent(orders.RECORD_PAYMENT_NOTICE) == [
        {
            "provider": "mobile",
            "headers_received": {name.lower(): value for name, value in headers.items()},
            "body": body,
        }
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_way_to_a_cashier_that_wants_a_form_posts_itself(edge: Edge, language: str) -> None:
    fields = {"orderId": 'pay1"><script>', "respMsg": "成功&"}
    edge.script(orders.GET_CASHIER, {"provider": "bank", "url": "https://bank.example/front.do", "form": fields})
    page = edge.client.get(f"/v1/payments/pay_{UUID}/cashier", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert page.text.count("<script") == 1
    assert 'value="pay1&#34;&gt;&lt;script&gt;"' in page.text and 'value="成功&amp;"' in page.text
    nonce = re.search(r'<script nonce="([^"]+)">', page.text).group(1)
    policy = page.headers["Content-Security-Policy"]
    assert f"script-src 'nonce-{nonce}'" in policy and "form-action https://bank.example;" in policy
    assert ("前往支付" if language == "zh" else "Go on to pay") in page.text


def test_the_way_to_a_cashier_with_an_address_is_a_redirect(edge: Edge) -> None:
    edge.script(orders.GET_CASHIER, {"provider": "mobile", "url": "https://wx.example/h5?a=b", "form": None})
    page = edge.client.get(f"/v1/payments/pay_{UUID}/cashier")
    assert (page.status_code, page.headers["Location"]) == (302, "https://wx.example/h5?a=b")


def test_an_unknown_provider_is_404(edge: Edge) -> None:
    edge.script(orders.RECORD_PAYMENT_NOTICE, Refused(orders.PROVIDER_UNKNOWN, "no"))
    response = edge.ask("POST", "/callbacks/payments/nobody", token=None, data={"a": "b"})
    assert problem_of(response) == (404, orders.PROVIDER_UNKNOWN)


def test_a_notice_is_a_form(edge: Edge) -> None:
    assert problem_of(edge.ask("POST", PROVIDER, token=None, json={"a": "b"})) == (415, "request.media_type")


def test_a_notice_with_more_fields_than_any_provider_sends_is_422(edge: Edge) -> None:
    edge.script(orders.RECORD_PAYMENT_NOTICE)
    response = edge.ask("POST", PROVIDER, token=None, data={f"f{n}": "x" for n in range(101)})
    assert problem_of(response) == (422, INVALID_REQUEST)


RETURN = f"/v1/payments/pay_{UUID}/return"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status": "captured"}, ("支付成功", "has arrived")),
        ({"status": "open"}, ("支付已提交", "submitted")),
        (Refused(orders.PAYMENT_UNKNOWN, "no"), ("支付已提交", "submitted")),
        (RpcTimeout("orders.resolve_payment: 8 s"), ("支付已提交", "submitted")),
    ],
)
def test_the_page_after_paying_says_what_is_known_in_the_readers_language(edge: Edge, answer, words) -> None:
    known = {"payment_id": f"pay_{UUID}", "order_id": f"ord_{UUID}"}
    edge.script(orders.RESOLVE_PAYMENT, known | answer if isinstance(answer, dict) else answer)
    chinese = edge.client.get(f"{RETURN}?out_trade_no=x&status=paid")
    english = edge.client.post(RETURN, data={"respCode": "00"}, headers={"Accept-Language": "en"})
    assert words[0] in chinese.text and words[1] in english.text
    assert chinese.mimetype == english.mimetype == "text/html"
    asked = edge.sent(orders.RESOLVE_PAYMENT)
    assert [request["payment_id"] for request in asked] == [f"pay_{UUID}"] * 2
    assert len({request["request_id"] for request in asked}) == 2
