"""The OpenAPI document says what really happens, and its page needs nothing from elsewhere."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from tests.unit.gateway.edge import Edge, golden_reply
from tests.unit.gateway.route import STAFF, Route
from tests.unit.gateway.routes import MAY_BE_LEFT_OUT, ROUTES, SIGNED_IN, WITH_BODY, WRITES, named

OWN_MEDIA = {
    "GET /v1/goods/{goods_id}/picture",
    "GET /v1/payments/{payment_id}/cashier",
    "GET /v1/payments/{payment_id}/return",
    "POST /v1/payments/{payment_id}/return",
    "POST /callbacks/payments/{provider}",
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return Edge().client.get("/openapi.json").json


def operation_of(document: dict[str, Any], route: Route) -> dict[str, Any]:
    return document["paths"][route.rule][route.method.lower()]


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [item[m] for item in document["paths"].values() for m in item if m != "parameters"]


def against(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    validate(document)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.name not in OWN_MEDIA], ids=named)
def test_the_golden_reply_meets_the_documented_schema(document: dict[str, Any], route: Route) -> None:
    content = operation_of(document, route)["responses"][str(route.status)]["content"]
    schema = content["application/json"]["schema"]
    against(document, schema).validate(golden_reply(route.contract))
    assert list(against(document, schema).iter_errors({"nothing": "of it"})) or not schema_requires(document, schema)


def schema_requires(document: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    return document["components"]["schemas"][schema["$ref"].rpartition("/")[2]].get("required", [])


@pytest.mark.parametrize("route", SIGNED_IN, ids=named)
def test_routes_document_whether_a_session_or_a_staff_key_opens_them(document: dict[str, Any], route: Route) -> None:
    operation = operation_of(document, route)
    assert operation["security"] == [{"staff": []} if route.actor == STAFF else {"session": []}]
    assert "401" in operation["responses"]


def test_open_routes_document_no_session(document: dict[str, Any]) -> None:
    for route in ROUTES:
        if route.open:
            assert "security" not in operation_of(document, route)


@pytest.mark.parametrize("route", WRITES, ids=named)
def test_writes_document_their_key(document: dict[str, Any], route: Route) -> None:
    operation = operation_of(document, route)
    (key,) = [parameter for parameter in operation["parameters"] if parameter["name"] == "Idempotency-Key"]
    assert key["required"] is True
    assert key["schema"] == {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]+$"}
    assert {"400", "422"} <= set(operation["responses"])


@pytest.mark.parametrize("route", WITH_BODY, ids=named)
def test_bodies_are_required_closed_and_shown_by_a_valid_example(document: dict[str, Any], route: Route) -> None:
    operation = operation_of(document, route)
    assert operation["requestBody"]["required"] is (route.name not in MAY_BE_LEFT_OUT)
    (media, content), *others = operation["requestBody"]["content"].items()
    assert (media, others) == ("application/json", [])
    assert {"400", "413", "415", "422"} <= set(operation["responses"])
    validator = against(document, content["schema"])
    validator.validate(content["example"])
    validator.validate(route.body)
    assert list(validator.iter_errors({**route.body, "unknown": 1}))


def test_every_problem_is_documented_as_one(document: dict[str, Any]) -> None:
    for operation in operations(document):
        for status, response in operation["responses"].items():
            if status == "default" or (status >= "400" and "$ref" in response):
                component = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
                content = component["content"]["application/problem+json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
                against(document, content["schema"]).validate(content["example"])
                assert status in ("default", str(content["example"]["status"]))


def test_429_and_503_document_retry_after(document: dict[str, Any]) -> None:
    for name in ("TOO_MANY_REQUESTS", "SERVICE_UNAVAILABLE"):
        assert "Retry-After" in document["components"]["responses"][name]["headers"]


def test_paths_with_ids_document_their_shape_and_404(document: dict[str, Any]) -> None:
    for rule, item in document["paths"].items():
        names = re.findall(r"{(\w+)}", rule)
        assert [parameter["name"] for parameter in item.get("parameters", [])] == names
        for parameter in item.get("parameters", []):
            assert re.compile(parameter["schema"]["pattern"])
        for method in set(item) - {"parameters"}:
            assert not names or "404" in item[method]["responses"]


def test_maps_say_how_many_names_they_take_and_which(document: dict[str, Any]) -> None:
    validator = against(document, {"$ref": "#/components/schemas/NewRuleChange"})
    change = {"rule": "gift_limit", "effective_from": "2027-01-01", "reason": "so"}
    validator.validate(change | {"says": {"largest": "2000"}})
    for wrong in ({}, {"": "1"}, {"a" * 61: "1"}, {str(number): "1" for number in range(41)}):
        assert list(validator.iter_errors(change | {"says": wrong}))
    assert "Length" not in str([key for schema in document["components"]["schemas"].values() for key in kinds(schema)])


def kinds(schema: dict[str, Any]) -> list[str]:
    """What is said of fields that are maps."""
    maps = (field for field in schema.get("properties", {}).values() if field.get("type") == "object")
    return [key for field in maps for key in field]


def test_names_are_tidy(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for operation in operations(document)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[a-z_]+", name) for name in ids)
    assert all(operation.get("summary") for operation in operations(document))
    schemas = document["components"]["schemas"]
    assert all(re.fullmatch("[A-Z][A-Za-z]+", name) for name in schemas), "two schemas of one name get a number"
    text = repr(document)
    assert all(f"#/components/schemas/{name}'" in text for name in schemas), "an unused schema"
    assert r"\\Z" not in text


def test_the_document_is_served_once_and_then_by_its_etag(edge: Edge) -> None:
    first = edge.client.get("/openapi.json")
    again = edge.client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


def test_the_page_has_no_inline_script_or_style_and_nothing_from_elsewhere(edge: Edge) -> None:
    page = edge.client.get("/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page.text)
    assert all(body == "" for body in re.findall(r"<script[^>]*>(.*?)</script>", page.text, re.DOTALL))
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert links and all(link.startswith("/docs/") for link in links)
    for link in links:
        assert edge.client.get(link).status_code == 200, link


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "nothing.js", "", "/etc/passwd"])
def test_assets_are_only_those_of_the_page(edge: Edge, name: str) -> None:
    assert edge.client.get(f"/docs/assets/{name}").status_code == 404
