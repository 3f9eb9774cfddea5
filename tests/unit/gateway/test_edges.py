"""What every answer has: ids, languages, security headers; pictures, health, methods."""

import pytest

from services.catalog import contract as catalog
from services.orders import contract as orders
from tests.unit.gateway.edge import Edge, problem_of
from tests.unit.gateway.route import GOODS, Route
from tests.unit.gateway.routes import ROUTES, named

PICTURE = f"/v1/goods/{GOODS}/picture"
SECURITY = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
KEPT_BY_ANYBODY = dict.fromkeys(
    ("GET /v1/flash-sales", "GET /v1/categories", "GET /v1/goods", "GET /v1/goods/{goods_id}"), "public, max-age=1"
)


@pytest.mark.parametrize("route", ROUTES, ids=named)
@pytest.mark.parametrize("token", ["t", None])
def test_every_answer_carries_the_security_headers(edge: Edge, route: Route, token: str | None) -> None:
    edge.script(route.contract)
    response = edge.ask(route.method, route.address, token=token, **route.options)
    for name, value in SECURITY.items():
        assert response.headers[name] == value
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    if route.name != "GET /v1/goods/{goods_id}/picture":
        assert response.headers["Cache-Control"] == KEPT_BY_ANYBODY.get(route.name, "no-store")
    assert "Set-Cookie" not in response.headers and "Server" not in response.headers


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "zh"),
        ("zh-CN", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.8", "en"),
        ("fr", "zh"),
        ("fr, en;q=0.2", "en"),
        ("en;q=0.1, zh;q=0.9", "zh"),
        ("*", "zh"),
        (";;q=,", "zh"),
        ("en;q=nan", "zh"),
        ("\xe9", "zh"),
    ],
)
def test_titles_follow_the_reader(edge: Edge, accepted: str, language: str) -> None:
    response = edge.client.get("/nowhere", headers={"Accept-Language": accepted})
    assert problem_of(response) == (404, "route.unknown")
    expected = {"zh": "没有这个地址", "en": "There is nothing at this address"}[language]
    assert response.json["title"] == expected
    assert response.headers["Content-Language"] == language
    assert response.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize(("accepted", "language"), [("", "zh"), ("en", "en")])
def test_an_order_is_placed_in_the_readers_language(edge: Edge, accepted: str, language: str) -> None:
    edge.script(orders.PLACE_ORDER)
    route = next(route for route in ROUTES if route.contract is orders.PLACE_ORDER)
    edge.ask("POST", "/v1/orders", json=route.body, headers={"Accept-Language": accepted})
    assert edge.sent(orders.PLACE_ORDER)[0]["language"] == language


def test_a_request_id_of_the_client_is_kept_and_a_bad_one_replaced(edge: Edge) -> None:
    kept = edge.client.get("/nowhere", headers={"X-Request-Id": "abc-1"})
    assert kept.headers["X-Request-Id"] == kept.json["request_id"] == "abc-1"
    for bad in ("a b", "x" * 65, "\xe9", "a\tb"):
        made = edge.client.get("/nowhere", headers={"X-Request-Id": bad})
        assert made.headers["X-Request-Id"].startswith("req_")


def test_another_method_is_405_and_says_which_are_allowed(edge: Edge) -> None:
    response = edge.client.delete("/v1/orders")
    assert problem_of(response) == (405, "route.method_not_allowed")
    assert sorted(response.headers["Allow"].split(", ")) == ["GET", "HEAD", "OPTIONS", "POST"]


def test_options_says_which_methods_are_allowed(edge: Edge) -> None:
    response = edge.client.options("/v1/me")
    assert response.status_code == 200
    assert sorted(response.headers["Allow"].split(", ")) == ["GET", "HEAD", "OPTIONS", "PATCH"]


@pytest.mark.parametrize("path", ["/v1/goods/", "//v1/goods", "/v1//goods", "/V1/goods"])
def test_nothing_is_redirected(edge: Edge, path: str) -> None:
    response = edge.client.get(path, headers={"Host": "evil.example"})
    assert response.status_code == 404
    assert "Location" not in response.headers


def test_a_picture_is_sent_once_and_then_only_when_it_changed(edge: Edge) -> None:
    edge.script(catalog.GET_PICTURE, {"svg": "<svg/>", "etag": "v1"})
    first = edge.client.get(PICTURE)
    assert (first.status_code, first.data, first.headers["ETag"]) == (200, b"<svg/>", '"v1"')
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = edge.client.get(PICTURE, headers={"If-None-Match": '"v1"'})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", '"v1"')
    edge.script(catalog.GET_PICTURE, {"svg": "<svg>2</svg>", "etag": "v2"})
    changed = edge.client.get(PICTURE, headers={"If-None-Match": '"v1"'})
    assert (changed.status_code, changed.data) == (200, b"<svg>2</svg>")


class Watch:
    def __init__(self, **found: str) -> None:
        self.found = found

    def problems(self) -> dict[str, str]:
        return self.found


def test_a_gateway_is_ready_when_nothing_keeps_it_from_working(edge: Edge) -> None:
    ready = edge.client.get("/readyz", environ_base={"mall.health": Watch()})
    assert (ready.status_code, ready.json) == (200, {"status": "ready"})
    unready = edge.client.get("/readyz", environ_base={"mall.health": Watch(rpc="not connected")})
    assert problem_of(unready) == (503, "gateway.not_ready")
    assert unready.json["details"] == {"rpc": "not connected"}
    assert unready.headers["Retry-After"] == "1"


def test_a_stopping_gateway_lives_but_is_not_ready(edge: Edge) -> None:
    stopping = {"mall.health": Watch(), "mall.draining": True}
    response = edge.client.get("/readyz", environ_base=stopping)
    assert problem_of(response) == (503, "gateway.not_ready")
    assert edge.client.get("/healthz", environ_base=stopping).json == {"status": "alive"}
