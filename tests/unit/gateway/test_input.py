"""Bodies and queries that are wrong: refused before anybody is asked, with the field named where there is one."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.bodies import DEEPEST, MalformedJson, strict_json
from services.catalog import contract as catalog
from services.chassis.schemas import LARGEST_SAFE_INTEGER
from services.orders import contract as orders
from services.points import contract as points
from tests.unit.gateway.edge import Edge, problem_of
from tests.unit.gateway.order_routes import LINES
from tests.unit.gateway.route import ORDER, Route
from tests.unit.gateway.routes import MAY_BE_LEFT_OUT, WITH_BODY, named

NEW_ORDER = {"lines": LINES, "expected": {"points": 1, "cash_fen": 0}}
MALFORMED = {
    "cut off": b'{"lines": [',
    "two values": b"{} {}",
    "duplicate names": b'{"reason": "a", "reason": "b"}',
    "duplicate names below": b'{"a": [{"b": 1, "b": 1}]}',
    "NaN": b'{"a": NaN}',
    "infinity": b'{"a": 1e999}',
    "broken UTF-8": b'{"a": "\xff"}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "half a surrogate pair": b'{"a": "\\ud800"}',
    "comment": b"{} // no",
    "deep": b"[" * 100_000,
    "deep and closed": b"[" * 500 + b"]" * 500,
    "one too deep": b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
    "raw control character": b'{"a": "\x01"}',
    "NUL": b'{"a": 1}\x00',
}


@pytest.mark.parametrize("route", WITH_BODY, ids=named)
@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_json_is_400(edge: Edge, route: Route, name: str) -> None:
    response = edge.ask(route.method, route.address, data=MALFORMED[name], content_type="application/json")
    assert problem_of(response) == (400, "request.malformed")
    assert response.json["errors"]["json"]
    assert edge.sent(route.contract) == []


@pytest.mark.parametrize("route", WITH_BODY, ids=named)
def test_a_missing_body_is_400_and_another_type_415(edge: Edge, route: Route) -> None:
    if route.name not in MAY_BE_LEFT_OUT:
        assert problem_of(edge.ask(route.method, route.address)) == (400, "request.malformed")
    for media in ("text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data", "application/xml"):
        response = edge.ask(route.method, route.address, data=json.dumps(route.body), content_type=media)
        assert problem_of(response) == (415, "request.media_type")


def test_a_payment_needs_no_body(edge: Edge) -> None:
    edge.script(orders.START_PAYMENT)
    assert edge.ask("POST", f"/v1/orders/{ORDER}/payments").status_code == 201
    assert edge.sent(orders.START_PAYMENT)[0]["provider"] is None


@pytest.mark.parametrize("route", WITH_BODY, ids=named)
@pytest.mark.parametrize("body", ["[]", "null", "1", '"text"', "true"])
def test_a_body_that_is_no_object_is_422(edge: Edge, route: Route, body: str) -> None:
    response = edge.ask(route.method, route.address, data=body, content_type="application/json")
    assert problem_of(response) == (422, "request.invalid")


@pytest.mark.parametrize("route", WITH_BODY, ids=named)
@pytest.mark.parametrize("extra", ["member_id", "tier", "balance", "price", "request_id", "role", "merchant_id"])
def test_an_unknown_field_is_422_and_named(edge: Edge, route: Route, extra: str) -> None:
    response = edge.ask(route.method, route.address, json={**route.body, extra: "x"})
    assert problem_of(response) == (422, "request.invalid")
    assert response.json["errors"]["json"] == {extra: ["Unknown field."]}
    assert edge.sent(route.contract) == []


WRONG_ORDERS: list[tuple[dict[str, Any], list[Any]]] = [
    ({"lines": []}, ["lines"]),
    ({"lines": LINES * 51}, ["lines"]),
    ({"lines": [{**LINES[0], "quantity": 0}]}, ["lines", "0", "quantity"]),
    ({"lines": [{**LINES[0], "quantity": -1}]}, ["lines", "0", "quantity"]),
    ({"lines": [{**LINES[0], "quantity": 1.0}]}, ["lines", "0", "quantity"]),
    ({"lines": [{**LINES[0], "quantity": "1"}]}, ["lines", "0", "quantity"]),
    ({"lines": [{**LINES[0], "quantity": True}]}, ["lines", "0", "quantity"]),
    ({"lines": [{**LINES[0], "quantity": 10**18}]}, ["lines", "0", "quantity"]),
    ({"lines": [{**LINES[0], "quantity": 10**30}]}, ["lines", "0", "quantity"]),
    ({"lines": [{**LINES[0], "sku_id": "sku_1"}]}, ["lines", "0", "sku_id"]),
    ({"lines": [{**LINES[0], "sku_id": LINES[0]["sku_id"] + "\n"}]}, ["lines", "0", "sku_id"]),
    ({"lines": [{**LINES[0], "price": 1}]}, ["lines", "0", "price"]),
    ({"lines": LINES[0]}, ["lines"]),
    ({"expected": {"points": 2**53, "cash_fen": 0}}, ["expected", "points"]),
    ({"expected": {"points": -1, "cash_fen": 0}}, ["expected", "points"]),
    ({"expected": {"points": 1}}, ["expected", "cash_fen"]),
    ({"expected": None}, ["expected"]),
    ({"channel": "sms"}, ["channel"]),
    ({"channel": ["web"]}, ["channel"]),
    ({"payment_provider": "paypal"}, ["payment_provider"]),
    ({"delivery_address": {"name": "a\x00b"}}, ["delivery_address", "name"]),
    ({"delivery_address": "北京"}, ["delivery_address"]),
]


@pytest.mark.parametrize(("change", "where"), WRONG_ORDERS)
def test_a_wrong_field_of_an_order_is_422_and_named(edge: Edge, change: dict[str, Any], where: list[Any]) -> None:
    response = edge.ask("POST", "/v1/orders", data=json.dumps(NEW_ORDER | change), content_type="application/json")
    assert problem_of(response) == (422, "request.invalid")
    errors = response.json["errors"]["json"]
    for step in where:
        errors = errors[step]
    assert errors
    assert edge.sent(orders.PLACE_ORDER) == []


@pytest.mark.parametrize("limit", ["0", "101", "-1", "+5", "1_0", "%D9%A5", "", "%205", "5.0", "9999999999"])
def test_a_limit_that_is_none_is_422_and_named(edge: Edge, limit: str) -> None:
    for path in ("/v1/goods", "/v1/orders", "/v1/points/statement", "/v1/messages"):
        response = edge.ask("GET", f"{path}?limit={limit}")
        assert problem_of(response) == (422, "request.invalid")
        assert list(response.json["errors"]["query"]) == ["limit"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("colour=red", "colour"),
        ("sort=cheap", "sort"),
        ("words=%00", "words"),
        ("words=" + "a" * 81, "words"),
        ("words=", "words"),
        ("merchant_id=mer_1", "merchant_id"),
        ("words=a&words=b", "words"),
        ("cursor=" + "c" * 201, "cursor"),
    ],
)
def test_a_wrong_query_is_422_and_named(edge: Edge, query: str, name: str) -> None:
    response = edge.ask("GET", f"/v1/goods?{query}")
    assert problem_of(response) == (422, "request.invalid")
    assert list(response.json["errors"]["query"]) == [name]
    assert edge.sent(catalog.LIST_GOODS) == []


def test_the_largest_page_may_be_asked_for(edge: Edge) -> None:
    edge.script(points.LIST_STATEMENT)
    assert edge.ask("GET", "/v1/points/statement?limit=100").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/v1/orders/1", "/v1/orders/ord_X", "/v1/goods/gds_%00", "/v1/goods/" + "a" * 500, "/v1/orders/%F0%9F%98%80"],
)
def test_a_path_that_holds_no_id_is_404_without_asking_anybody(edge: Edge, path: str) -> None:
    assert problem_of(edge.ask("GET", path)) == (404, "route.unknown")
    assert edge.rpc.calls == []


def test_a_body_above_the_limit_is_413(edge: Edge) -> None:
    response = edge.ask("POST", "/v1/orders", data=b" " * (128 * 1024 + 1), content_type="application/json")
    assert problem_of(response) == (413, "request.too_large")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=4),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_whatever_json_can_say_is_read_as_it_is(value: Any) -> None:
    assert strict_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_malformed(body: bytes) -> None:
    try:
        strict_json(body)
    except MalformedJson as problem:
        assert str(problem)


@settings(deadline=None)  # one example asks every route
@given(JSON_VALUES)
def test_any_json_on_any_route_is_an_answer_below_500(value: Any) -> None:
    for route in WITH_BODY:
        FUZZED.script(route.contract)
        response = FUZZED.ask(route.method, route.address, json=value)
        assert response.status_code < 500
        assert response.status_code == route.status or problem_of(response)[0] in (400, 422)


FUZZED = Edge()


def test_a_numbered_list_is_read_on_behind_the_largest_number_there_can_be(edge: Edge) -> None:
    edge.script(catalog.LIST_LISTINGS)
    assert edge.ask("GET", f"/v1/ops/listings?before={LARGEST_SAFE_INTEGER}").status_code == 200
    assert edge.sent(catalog.LIST_LISTINGS)[0]["before"] == LARGEST_SAFE_INTEGER


@pytest.mark.parametrize("number", ["0", "-1", "+1", "1_0", " 1", "１", str(LARGEST_SAFE_INTEGER + 1), "9" * 5000])
def test_a_number_that_no_list_has_is_refused_before_anybody_is_asked(edge: Edge, number: str) -> None:
    answer = edge.ask("GET", f"/v1/ops/listings?before={quote(number)}")
    assert problem_of(answer) == (422, "request.invalid")
    assert "before" in answer.json["errors"]["query"]
    assert edge.sent(catalog.LIST_LISTINGS) == []
