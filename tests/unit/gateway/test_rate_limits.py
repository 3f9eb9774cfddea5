"""Who asks too often waits: by address and by caller, each class of requests for itself."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.app import create_app
from gateway.rates import USUAL_RATES, class_of, rates_of
from gateway.settings import read_gateway_settings
from gateway.windows import MOST_WINDOWS, Windows
from services.chassis.settings import SettingsError
from services.members import contract as members
from services.orders import contract as orders
from tests.unit.gateway.edge import ME, Edge, HandClock, documented_paths, problem_of, settings_of
from tests.unit.gateway.route import Route
from tests.unit.gateway.routes import ROUTES, named

CODES = {"json": {"phone": "13800138000"}}


@pytest.fixture
def limited(clock: HandClock) -> Callable[..., Edge]:
    """``limited(read_caller=2)``: a gateway with that rate, all others as usual."""

    def make(**chosen: int) -> Edge:
        named_so = {"_".join(name.split(".")): name for name in USUAL_RATES}
        edge = Edge(clock, rates=rates_of({named_so[name]: rate for name, rate in chosen.items()}, 1.0))
        edge.script(members.GET_MEMBER)
        edge.script(members.SEND_SIGN_IN_CODE)
        edge.script(orders.LIST_ORDERS)
        return edge

    return make


def from_address(address: str) -> dict[str, Any]:
    return {"environ_base": {"REMOTE_ADDR": address}}


def test_a_member_who_asks_too_often_waits_until_the_minute_is_over(
    limited: Callable[..., Edge], clock: HandClock
) -> None:
    edge = limited(read_caller=2)
    first = edge.ask("GET", "/v1/me")
    assert first.status_code == 200
    assert first.headers.getlist("RateLimit") == ['"read.address";r=29999;t=60', '"read.caller";r=1;t=60']
    assert first.headers.getlist("RateLimit-Policy") == ['"read.address";q=30000;w=60', '"read.caller";q=2;w=60']
    clock.now += 20.5
    assert edge.ask("GET", "/v1/me").status_code == 200
    refused = edge.ask("GET", "/v1/me", headers={"Accept-Language": "en"})
    assert problem_of(refused) == (429, "request.too_many")
    assert refused.json["title"] == "Too many requests; wait a little"
    assert refused.headers["Retry-After"] == "40"
    assert refused.headers.getlist("RateLimit")[1] == '"read.caller";r=0;t=40'
    assert len(edge.sent(members.GET_MEMBER)) == 2
    clock.now += 39.5
    assert edge.ask("GET", "/v1/me").status_code == 200


def test_one_members_haste_is_not_anothers_nor_of_other_sessions_relief(limited: Callable[..., Edge]) -> None:
    edge = limited(read_caller=1)
    assert edge.ask("GET", "/v1/me", token="a").status_code == 200
    assert edge.ask("GET", "/v1/me", token="b").status_code == 429, "another session of the same member"
    edge.script(members.CHECK_SESSION, {**ME, "member_id": "mbr_" + "1" * 32})
    assert edge.ask("GET", "/v1/me", token="c").status_code == 200


def test_classes_are_counted_apart(limited: Callable[..., Edge]) -> None:
    edge = limited(read_caller=1)
    assert edge.ask("GET", "/v1/me").status_code == 200
    assert edge.ask("GET", "/v1/orders").status_code == 429
    route = next(route for route in ROUTES if route.contract is orders.PLACE_ORDER)
    edge.script(orders.PLACE_ORDER)
    assert edge.ask("POST", "/v1/orders", **route.options).status_code == route.status


def test_an_address_is_counted_before_anybody_is_asked(limited: Callable[..., Edge]) -> None:
    edge = limited(sign_in_address=1, read_address=1)
    assert edge.ask("POST", "/v1/sign-in-codes", token=None, **CODES).status_code == 201
    assert problem_of(edge.ask("POST", "/v1/sign-in-codes", token=None, **CODES)) == (429, "request.too_many")
    assert problem_of(edge.ask("GET", "/v1/nowhere"))[0] == 404
    assert problem_of(edge.ask("GET", "/v1/me", token="wrong"))[0] == 429
    assert edge.sent(members.CHECK_SESSION) == []
    elsewhere = edge.ask("POST", "/v1/sign-in-codes", token=None, **CODES, **from_address("198.51.100.7"))
    assert elsewhere.status_code == 201


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", 429),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", 200),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", 200),
    ],
)
def test_of_ipv6_the_network_counts(limited: Callable[..., Edge], one: str, other: str, status: int) -> None:
    edge = limited(read_address=1)
    assert edge.ask("GET", "/v1/me", **from_address(one)).status_code == 200
    assert edge.ask("GET", "/v1/me", **from_address(other)).status_code == status


def test_what_a_client_says_of_its_address_is_not_believed(limited: Callable[..., Edge]) -> None:
    edge = limited(read_address=1)
    assert edge.ask("GET", "/v1/me", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 200
    assert edge.ask("GET", "/v1/me", headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 429


def test_behind_proxies_of_ours_the_address_is_the_one_they_saw() -> None:
    settings = settings_of(proxy_hops=1, rates=rates_of({"read.address": 1}, 1.0))
    client = create_app(lambda: settings).test_client()

    def seen(forwarded: str) -> int:
        return client.get("/nowhere", headers={"X-Forwarded-For": forwarded}).status_code

    assert seen("192.0.2.1") == 404
    assert seen("198.51.100.9, 192.0.2.1") == 429, "the first is only what the client says"
    assert seen("192.0.2.2") == 404


def test_health_is_never_refused(limited: Callable[..., Edge]) -> None:
    edge = limited(read_address=1)
    for _ in range(3):
        answer = edge.client.get("/healthz")
        assert answer.status_code == 200 and "RateLimit" not in answer.headers


@pytest.mark.parametrize("route", ROUTES, ids=named)
@pytest.mark.parametrize("elsewhere", [False, True], ids=["of an address", "of a caller"])
def test_every_route_has_its_limit_and_says_when_to_come_back(
    limited: Callable[..., Edge], route: Route, elsewhere: bool
) -> None:
    edge = limited(**{"_".join(name.split(".")): 1 for name in USUAL_RATES})
    edge.script(route.contract)
    options = {"method": route.method, "path": route.address, **route.options}
    assert edge.ask(**options, **from_address("192.0.2.1")).status_code == route.status
    again = edge.ask(**options, **from_address("198.51.100.7" if elsewhere else "192.0.2.1"))
    if elsewhere and route.open:
        assert again.status_code == route.status
        return
    assert problem_of(again) == (429, "request.too_many")
    assert again.headers["Retry-After"] == "60"
    assert len(edge.sent(route.contract)) == 1


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_every_limited_route_documents_its_class_and_429(route: Any) -> None:
    operation = documented_paths()[route.rule][route.method.lower()]
    assert operation.get("x-rate-class") == class_of(route.method, route.address)
    assert ("429" in operation["responses"]) == ("x-rate-class" in operation)


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/v1/sessions", "sign_in"),
        ("GET", "/v1/sessions", "read"),
        ("DELETE", "/v1/sessions/current", "write"),
        ("POST", "/callbacks/payments/alipay", "callback"),
        ("POST", "/v1/ops/orders", "ops"),
        ("GET", "/v1/merchant/cases", "ops"),
        ("GET", "/v1/merchants", "read"),
        ("GET", "/v1/operations", "read"),
        ("BREW", "/v1/orders", "read"),
        ("GET", "/healthz", None),
    ],
)
def test_the_class_of_a_request(method: str, path: str, kind: str | None) -> None:
    assert class_of(method, path) == kind


def test_rates_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALL_RATE_LIMITS", "read.caller=40,ops.caller=1")
    monkeypatch.setenv("MALL_RATE_LIMIT_SHARE", "0.25")
    rates = read_gateway_settings().rates
    assert {name: rate.amount for name, rate in rates.items()} == {
        **{name: rate // 4 for name, rate in USUAL_RATES.items()},
        "read.caller": 10,
        "ops.caller": 1,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [("RATE_LIMITS", "read.member=1"), ("RATE_LIMITS", "read.caller=many"), ("RATE_LIMIT_SHARE", "0")],
)
def test_rates_that_cannot_be_meant_stop_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"MALL_{name}", value)
    with pytest.raises(SettingsError, match=name):
        read_gateway_settings()


def test_windows_are_forgotten_when_they_are_over_and_never_too_many(clock: HandClock) -> None:
    windows = Windows(clock)
    for number in range(MOST_WINDOWS + 5):
        windows.incr(str(number), 60)
    assert len(windows) == MOST_WINDOWS
    assert (windows.get("0"), windows.get("5")) == (0, 1)
    clock.now += 60
    assert windows.get("5") == 0
    assert len(windows) == 0
