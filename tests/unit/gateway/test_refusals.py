"""What services refuse, and how they fail, becomes a problem with the documented status."""

from http import HTTPStatus

import pytest

from gateway.statuses import STATUSES
from services.chassis.bus.faults import NotNow, RpcFault, RpcTimeout, ServiceUnavailable
from services.chassis.refusal import INVALID_REQUEST, KEY_REUSED, Refused
from services.members import contract as members
from services.orders import contract as orders
from services.points import contract as points
from tests.unit.gateway.edge import Edge, documented_paths, problem_of
from tests.unit.gateway.route import ORDER, Route
from tests.unit.gateway.routes import ROUTES, WRITES, named

NOTICE = "POST /callbacks/payments/{provider}"
JSON_ROUTES = [route for route in ROUTES if route.name != NOTICE]
OWN_STATUSES = {
    ("DELETE /v1/sessions/{session_id}", members.SESSION_UNKNOWN): 404,
    ("GET /v1/points/balance", points.ACCOUNT_UNKNOWN): 404,
    ("GET /v1/points/statement", points.ACCOUNT_UNKNOWN): 404,
    ("GET /v1/points/past-balance", points.ACCOUNT_UNKNOWN): 404,
    ("GET /v1/points/proof", points.ACCOUNT_UNKNOWN): 404,
    ("GET /v1/ops/accounts/{member_id}", points.ACCOUNT_UNKNOWN): 404,
    ("POST /v1/ops/accounts/{member_id}/freezes", points.ACCOUNT_UNKNOWN): 404,
    ("GET /v1/points/statement/{line_id}", points.ACCOUNT_UNKNOWN): 404,
}


def documented(route: Route) -> dict:
    return documented_paths()[route.rule][route.method.lower()]


@pytest.mark.parametrize("route", JSON_ROUTES, ids=named)
def test_every_documented_code_gives_its_documented_status(edge: Edge, route: Route) -> None:
    operation = documented(route)
    codes = operation["x-problem-codes"]
    assert set(route.contract.refuses) <= set(codes)
    for code, status in codes.items():
        edge.script(route.contract, Refused(code, "why not", fact=1))
        response = edge.ask(route.method, route.address, **route.options)
        assert problem_of(response) == (status, code)
        assert status == OWN_STATUSES.get((route.name, code), STATUSES[code])
        assert response.json["detail"] == "why not"
        assert response.json["details"] == {"fact": 1}
        component = operation["responses"][str(status)]["$ref"].rpartition("/")[2]
        assert component == HTTPStatus(status).name
        assert ("Retry-After" in response.headers) == (status in (429, 503))


@pytest.mark.parametrize("route", WRITES, ids=named)
def test_a_key_used_for_something_else_is_422(edge: Edge, route: Route) -> None:
    edge.script(route.contract, Refused(KEY_REUSED, "other content"))
    assert problem_of(edge.ask(route.method, route.address, **route.options)) == (422, KEY_REUSED)


@pytest.mark.parametrize("route", ROUTES, ids=named)
@pytest.mark.parametrize(
    "fault",
    [RpcTimeout("orders.x: 3 s"), ServiceUnavailable("orders.x: broker"), NotNow("orders.x: database")],
    ids=str,
)
def test_a_service_that_does_not_answer_is_503_with_retry_after(edge: Edge, route: Route, fault: RpcFault) -> None:
    edge.script(route.contract, fault)
    response = edge.ask(route.method, route.address, **route.options)
    assert problem_of(response) == (503, "service.unavailable")
    assert response.headers["Retry-After"] == "1"
    assert "503" in documented(route)["responses"]
    assert b"orders.x" not in response.data


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_a_fault_is_500_and_says_nothing_of_the_inside(edge: Edge, route: Route) -> None:
    edge.script(route.contract, RpcFault("orders.place_order: IntegrityError: duplicate key in table orders"))
    response = edge.ask(route.method, route.address, **route.options)
    assert problem_of(response) == (500, "internal")
    assert set(response.json) == {"type", "title", "status", "code", "request_id"}


def test_a_mistake_of_the_gateway_is_500_and_says_nothing_of_the_inside(edge: Edge) -> None:
    def broken(_request: dict) -> dict:
        raise ZeroDivisionError("secret")

    edge.script(orders.GET_ORDER, broken)
    response = edge.ask("GET", f"/v1/orders/{ORDER}")
    assert problem_of(response) == (500, "internal")
    assert b"secret" not in response.data


def test_fields_that_a_service_refuses_are_named(edge: Edge) -> None:
    edge.script(orders.PLACE_ORDER, Refused(INVALID_REQUEST, "not valid", fields={"lines": ["too many"]}))
    route = next(route for route in ROUTES if route.contract is orders.PLACE_ORDER)
    response = edge.ask("POST", "/v1/orders", json=route.body)
    assert problem_of(response) == (422, INVALID_REQUEST)
    assert response.json["errors"] == {"json": {"lines": ["too many"]}}
    assert "details" not in response.json


@pytest.mark.parametrize(("wait", "seconds"), [(37, "37"), (0.2, "1"), (None, "1"), ("soon", "1"), (-5, "1")])
def test_too_many_codes_says_when_to_ask_again(edge: Edge, wait: object, seconds: str) -> None:
    details = {} if wait is None else {"retry_after_s": wait}
    edge.script(members.SEND_SIGN_IN_CODE, Refused(members.TOO_MANY_CODES, "slowly", **details))
    response = edge.ask("POST", "/v1/sign-in-codes", json={"phone": "13800138000"})
    assert problem_of(response) == (429, members.TOO_MANY_CODES)
    assert response.headers["Retry-After"] == seconds


def test_a_code_that_this_gateway_does_not_know_is_a_conflict_in_the_services_words(edge: Edge) -> None:
    edge.script(orders.GET_ORDER, Refused("order.of_the_future", "from a newer service"))
    response = edge.ask("GET", f"/v1/orders/{ORDER}")
    assert problem_of(response) == (409, "order.of_the_future")
    assert response.json["title"] == "from a newer service"
