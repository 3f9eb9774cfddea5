"""Partners' callbacks: the body goes on unchanged, the answers are those that the partner's protocol knows."""

import pytest

from services.chassis.refusal import INVALID_REQUEST, Refused
from services.logistics import contract as logistics
from services.orders import contract as orders
from tests.unit.gateway.edge import Edge, problem_of
from tests.unit.gateway.routes import SIGNATURE

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


@pytest.mark.parametrize("outcome", ["applied", "duplicate", "ignored"])
def test_a_notice_that_was_taken_ends_its_repetition(edge: Edge, outcome: str) -> None:
    edge.script(orders.RECORD_PAYMENT_NOTICE, {"outcome": outcome})
    response = edge.ask("POST", PROVIDER, token=None, data={"a": "b"})
    assert (response.status_code, response.data, response.mimetype) == (200, b"success", "text/plain")


@pytest.mark.parametrize(
    ("code", "status"),
    [(orders.NOTICE_NOT_GENUINE, 401), (orders.PAYMENT_UNKNOWN, 200), (orders.AMOUNT_DIFFERS, 200)],
)
def test_a_notice_that_was_not_applied_is_repeated(edge: Edge, code: str, status: int) -> None:
    edge.script(orders.RECORD_PAYMENT_NOTICE, Refused(code, "no"))
    response = edge.ask("POST", PROVIDER, token=None, data={"a": "b"})
    assert (response.status_code, response.data) == (status, b"failure")


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


def test_the_page_after_paying_speaks_the_readers_language(edge: Edge) -> None:
    chinese = edge.client.get("/v1/payments/return")
    english = edge.client.get("/v1/payments/return", headers={"Accept-Language": "en"})
    assert "支付已提交" in chinese.text and "submitted" in english.text
    assert chinese.mimetype == english.mimetype == "text/html"
