"""The Idempotency-Key: required of writes, and one meaning for one member on one route."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.members import contract as members
from services.orders import contract as orders
from tests.unit.gateway.edge import ME, UUID, Edge, problem_of
from tests.unit.gateway.route import ORDER, Route
from tests.unit.gateway.routes import ROUTES, WRITES, named

OTHER = f"mbr_{UUID[::-1]}"


@pytest.mark.parametrize("route", WRITES, ids=named)
def test_a_write_without_a_key_is_400_and_asks_nobody(edge: Edge, route: Route) -> None:
    response = edge.ask(route.method, route.address, key=None, **route.options)
    assert problem_of(response) == (400, "idempotency_key.missing")
    assert edge.sent(route.contract) == []


@pytest.mark.parametrize("bad", ["a b", "k" * 81, "\xe9", "a\tb", "键".encode().decode("latin-1")])
def test_a_key_that_is_none_is_400(edge: Edge, bad: str) -> None:
    response = edge.ask("POST", f"/v1/orders/{ORDER}/receipt", key=bad)
    assert problem_of(response) == (400, "idempotency_key.invalid")


def receipt_id(edge: Edge, member: str = ME["member_id"], key: str = "k1", order: str = ORDER) -> str:
    edge.script(members.CHECK_SESSION, {**ME, "member_id": member})
    edge.script(orders.CONFIRM_RECEIPT)
    edge.ask("POST", f"/v1/orders/{order}/receipt", token=member, key=key)
    return edge.sent(orders.CONFIRM_RECEIPT)[-1]["request_id"]


def test_the_same_key_again_is_the_same_request(edge: Edge) -> None:
    assert receipt_id(edge) == receipt_id(edge)


def test_another_key_member_or_address_is_another_request(edge: Edge) -> None:
    ids = [
        receipt_id(edge),
        receipt_id(edge, key="k2"),
        receipt_id(edge, member=OTHER),
        receipt_id(edge, order=f"ord_{UUID[::-1]}"),
    ]
    assert len(set(ids)) == len(ids)


def test_the_same_key_on_another_route_is_another_request(edge: Edge) -> None:
    edge.script(orders.CANCEL_ORDER)
    edge.script(orders.START_PAYMENT)
    edge.ask("POST", f"/v1/orders/{ORDER}/cancellation", json={})
    edge.ask("POST", f"/v1/orders/{ORDER}/payments")
    cancelled, paid = edge.sent(orders.CANCEL_ORDER)[0], edge.sent(orders.START_PAYMENT)[0]
    assert cancelled["request_id"] != paid["request_id"]


PHONES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=20)


@given(phones=st.lists(PHONES, min_size=2, max_size=2, unique=True))
def test_phones_never_share_a_request(phones: list[str]) -> None:
    edge = SHARED
    edge.script(members.SEND_SIGN_IN_CODE)
    for phone in phones:
        assert edge.ask("POST", "/v1/sign-in-codes", json={"phone": phone}).status_code == 201
    first, second = edge.sent(members.SEND_SIGN_IN_CODE)[-2:]
    assert first["request_id"] != second["request_id"]


SHARED = Edge()


@pytest.mark.parametrize("route", [route for route in ROUTES if route not in WRITES], ids=named)
def test_reads_and_callbacks_need_no_key(edge: Edge, route: Route) -> None:
    edge.script(route.contract)
    assert edge.ask(route.method, route.address, key=None, **route.options).status_code == route.status
