"""Routes of the operator's own people: a staff key with the right role, and nothing else, opens them."""

import pytest

from services.chassis.refusal import Refused
from services.members import contract as members
from services.points import contract as points
from tests.unit.gateway.edge import LI_LEI, Edge, documented_paths, problem_of
from tests.unit.gateway.route import STAFF, Route
from tests.unit.gateway.routes import ROUTES, named

FOR_STAFF = [route for route in ROUTES if route.actor == STAFF]
MONTH = "/v1/finance/liability/2026-10"


@pytest.mark.parametrize("route", FOR_STAFF, ids=named)
def test_a_members_session_opens_no_route_of_staff(edge: Edge, route: Route) -> None:
    edge.script(route.contract)
    edge.script(members.CHECK_STAFF_KEY, Refused(members.STAFF_KEY_UNKNOWN, "no such key"))

    response = edge.ask(route.method, route.address, **route.options)

    assert problem_of(response) == (401, members.STAFF_KEY_UNKNOWN)
    assert edge.sent(route.contract) == edge.sent(members.CHECK_SESSION) == []


@pytest.mark.parametrize("route", FOR_STAFF, ids=named)
def test_another_role_is_not_enough(edge: Edge, route: Route) -> None:
    role = documented_paths()[route.rule][route.method.lower()]["x-role"]
    edge.script(route.contract)
    edge.script(members.CHECK_STAFF_KEY, {**LI_LEI, "roles": [other for other in members.STAFF_ROLES if other != role]})

    response = edge.ask(route.method, route.address, **route.options)

    assert problem_of(response) == (403, "staff.not_allowed")
    assert edge.sent(route.contract) == []


@pytest.mark.parametrize("route", FOR_STAFF, ids=named)
def test_what_staff_does_comes_by_the_door_of_operations(edge: Edge, route: Route) -> None:
    edge.script(route.contract)
    edge.ask(route.method, route.address, **route.options)
    assert (edge.contexts[-1].actor, edge.contexts[-1].channel) == (STAFF, "ops")


def test_a_key_is_checked_once_a_second(edge: Edge) -> None:
    edge.script(points.GET_LIABILITY_REPORT)
    edge.ask("GET", MONTH)
    edge.ask("GET", MONTH)
    assert len(edge.sent(members.CHECK_STAFF_KEY)) == 1
