"""Every route sends exactly the request its contract wants, and gives the reply back as it came."""

import pytest

from services.members import contract as members
from tests.unit.gateway.edge import Edge, documented_paths, golden_reply
from tests.unit.gateway.route import Route
from tests.unit.gateway.routes import ALWAYS_A_PAGE, ROUTES, SIGNED_IN, WITHOUT_A_CALL, named

OWN_MEDIA = {
    "GET /v1/goods/{goods_id}/picture": "image/svg+xml",
    "GET /v1/payments/{payment_id}/cashier": "text/html",
    "GET /v1/payments/{payment_id}/return": "text/html",
    "POST /v1/payments/{payment_id}/return": "text/html",
    "POST /callbacks/payments/{provider}": "text/plain",
}


def test_the_table_has_every_documented_operation() -> None:
    paths = documented_paths()
    documented = {
        f"{method.upper()} {rule}" for rule, item in paths.items() for method in item if method != "parameters"
    }
    assert documented == {route.name for route in ROUTES} | WITHOUT_A_CALL | ALWAYS_A_PAGE


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_a_route_sends_the_request_of_its_contract(edge: Edge, route: Route) -> None:
    edge.script(route.contract)
    response = edge.ask(route.method, route.address, **route.options)
    assert response.status_code == route.status, response.data
    assert edge.sent(route.contract) == [route.expected]
    assert edge.contexts[-1].actor == route.actor
    assert response.mimetype == OWN_MEDIA.get(route.name, "application/json")
    if route.name not in OWN_MEDIA:
        assert response.json == golden_reply(route.contract)


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_only_members_routes_ask_for_a_session(edge: Edge, route: Route) -> None:
    edge.script(route.contract)
    response = edge.ask(route.method, route.address, token=None, **route.options)
    assert response.status_code == (route.status if route.open else 401)
    assert edge.sent(members.CHECK_SESSION) == []
    assert len(edge.sent(route.contract)) == (1 if route.open else 0)


@pytest.mark.parametrize("route", SIGNED_IN, ids=named)
def test_all_calls_of_a_request_share_its_deadline_trace_and_id(edge: Edge, route: Route) -> None:
    edge.script(route.contract)
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"X-Request-Id": "from-the-client", "traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    edge.ask(route.method, route.address, headers=headers, **route.options)
    asked, acted = edge.contexts
    assert (asked.actor, acted.actor) == ("anonymous", route.actor)
    assert asked.deadline == acted.deadline and acted.deadline is not None
    assert asked.correlation_id == acted.correlation_id == "from-the-client"
    assert asked.trace_id == acted.trace_id == trace
