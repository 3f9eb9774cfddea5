"""Sold out is answered for a second before anything else is done: no session is looked at and nobody is asked."""

import pytest

from gateway.sold_out import MOST_REMEMBERED, SoldOut
from services.catalog import contract as catalog
from services.chassis.refusal import Refused
from services.members import contract as members
from tests.unit.gateway.edge import UUID, Edge, HandClock
from tests.unit.gateway.test_edges import SECURITY

SALE, OTHER = f"fls_{UUID}", f"fls_{UUID[::-1]}"
TICKETS = f"/v1/flash-sales/{SALE}/tickets"


@pytest.fixture
def edge(clock: HandClock) -> Edge:
    edge = Edge(clock=clock)
    edge.script(catalog.TAKE_TICKET, sold_out(1.0))
    return edge


def sold_out(retry_after_s: float) -> Refused:
    return Refused(catalog.FLASH_SOLD_OUT, "nothing is left", sale_id=SALE, retry_after_s=retry_after_s)


def asked(edge: Edge) -> int:
    return len(edge.sent(catalog.TAKE_TICKET)) + len(edge.sent(members.CHECK_SESSION))


def test_the_second_who_hears_it_costs_no_call(edge: Edge, clock: HandClock) -> None:
    first = edge.ask("POST", TICKETS)
    calls, clock.now = asked(edge), clock.now + 0.75
    for token in ("x" * 43, None):
        again = edge.ask("POST", TICKETS, token=token, headers={"Accept-Language": "en"})
        told = again.json
        assert (again.status_code, told["code"], told["title"]) == (409, "flash.sold_out", "Sold out")
        assert told["details"] == {"sale_id": SALE, "retry_after_s": 0.25}
        assert {name: again.headers[name] for name in SECURITY} == SECURITY
        assert (again.headers["Cache-Control"], again.headers["X-Request-Id"]) == ("no-store", told["request_id"])
    assert (first.status_code, calls, asked(edge)) == (409, 2, 2)


def test_after_the_second_the_catalog_is_asked_again(edge: Edge, clock: HandClock) -> None:
    edge.ask("POST", TICKETS)
    clock.now += 1
    edge.script(catalog.TAKE_TICKET)
    assert edge.ask("POST", TICKETS).status_code == 201


def test_it_is_forgotten_when_the_catalog_forgets_it(edge: Edge, clock: HandClock) -> None:
    edge.script(catalog.TAKE_TICKET, sold_out(0.25))
    edge.ask("POST", TICKETS)
    clock.now += 0.25
    edge.script(catalog.TAKE_TICKET)
    assert edge.ask("POST", TICKETS).status_code == 201


def test_it_is_known_of_this_sale_and_this_request_alone(edge: Edge) -> None:
    edge.ask("POST", TICKETS)
    edge.script(catalog.TAKE_TICKET)
    edge.script(catalog.LIST_TICKETS)
    assert edge.ask("POST", f"/v1/flash-sales/{OTHER}/tickets").status_code == 201
    assert edge.ask("GET", TICKETS).status_code == 200


@pytest.mark.parametrize("code", [catalog.FLASH_MEMBER_CAP, catalog.FLASH_NOT_OPEN, catalog.FLASH_BUSY])
def test_what_is_true_of_one_member_or_moment_is_not_told_to_others(edge: Edge, code: str) -> None:
    edge.script(catalog.TAKE_TICKET, Refused(code, "no", sale_id=SALE, retry_after_s=1))
    edge.ask("POST", TICKETS)
    edge.script(catalog.TAKE_TICKET)
    assert edge.ask("POST", TICKETS).status_code == 201


def test_what_is_remembered_is_bounded(clock: HandClock) -> None:
    memory = SoldOut(1.0, clock)
    for place in range(MOST_REMEMBERED + 1):
        memory.note(f"/{place}", sold_out(1.0))
    assert (memory.left_s("/0") > 0, memory.left_s("/1")) == (False, 1.0)
