"""Doors and contracts agree: what is promised is served, what is heard is said, and nobody waits in a circle."""

from graphlib import TopologicalSorter

import pytest

from deploy.documents.language import (
    SERVICES,
    called_by,
    called_by_gateway,
    calls_of,
    door_of,
    emitted_by,
    events_of,
    heard_by,
    served_by,
)
from services.orders import contract as orders

# Facts for whoever comes later; each with the reason why nobody needs it today.
HEARD_BY_NOBODY = {
    "aftersale.closed.v1": "for reports; members read of each end by what led to it",
    "aftersale.disputed.v1": "for whoever decides: they find it in the list of cases",
    "aftersale.opened.v1": "for merchants' own systems: staff finds it in the list of cases",
    "bill_run.posted.v1": "for reports; points of each member come in points.accrued.v1",
    "ledger.audit_failed.v1": "for whoever is on call: alarms come from metrics, this says what broke",
    "ledger.checkpoint_sealed.v1": "the anchor outside the ledger's own database: for auditors and archives",
    "merchant.credited.v1": "for the settlement with merchants, which is to come",
    "merchant.debited.v1": "for the settlement with merchants, which is to come",
    "payment.difference_opened.v1": "for finance's own programs; ops see the list",
    "payment.difference_closed.v1": "for finance's own programs",
    "payment.captured.v1": "order.confirmed.v1 says the same to everybody but the books",
    "remittance.difference_opened.v1": "for finance's own programs; they see the list",
    "remittance.difference_closed.v1": "for finance's own programs",
    "replenishment.proposed.v1": "for whoever buys stock: people see it in the list of proposals",
    "stock.audit_failed.v1": "for whoever is on call: alarms come from metrics, this says what broke",
    "stock.committed.v1": "for stock reports; orders knows it from codes.issued.v1 and shipments",
    "stock.released.v1": "for stock reports; orders caused it",
}
# Who holds something for an order asks orders before giving it up: the one way back that is allowed.
ASKED_FIRST = {("points", "orders"), ("catalog", "orders")}


@pytest.mark.parametrize("service", SERVICES)
def test_the_door_serves_exactly_the_calls_of_its_contract(service: str) -> None:
    assert door_of(service) is not None, f"services/{service}/service.py has no service class"
    served = served_by(service)
    assert {call.address for call in served.values()} == {call.address for call in calls_of(service)}
    assert all(name == call.method for name, call in served.items())


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_hears_only_what_another_says(service: str) -> None:
    said = {event for other in SERVICES if other != service for event in events_of(other)}
    heard = list(heard_by(service).values())
    assert set(heard) <= said
    assert len(set(heard)) == len(heard), "two handlers of one event would share its queue"


@pytest.mark.parametrize("service", SERVICES)
def test_every_promised_event_is_emitted(service: str) -> None:
    assert {event.type for event in events_of(service)} == {event.type for event in emitted_by(service)}


def test_every_event_is_heard_or_said_for_a_reason() -> None:
    heard = {event.type for service in SERVICES for event in heard_by(service).values()}
    said = {event.type for service in SERVICES for event in events_of(service)}
    assert said - heard == set(HEARD_BY_NOBODY)


def test_what_is_called_is_served() -> None:
    served = {call.address for service in SERVICES for call in served_by(service).values()}
    called = {call.address for service in SERVICES for call in called_by(service)}
    assert called | {call.address for call in called_by_gateway()} <= served


def test_calls_do_not_go_in_circles() -> None:
    called = {service: {call.service for call in called_by(service)} for service in SERVICES}
    for caller, asked in ASKED_FIRST:
        assert {call for call in called_by(caller) if call.service == asked} == {orders.CHECK_ORDER}
        called[caller].discard(asked)
    order = list(TopologicalSorter(called).static_order())  # raises CycleError
    assert set(order) == set(SERVICES)


def test_the_scan_of_calls_sees_the_calls_that_we_know_of() -> None:
    assert "notifications.send_code" in {call.address for call in called_by("members")}
    assert {"catalog.reserve_stock", "points.hold_points"} <= {call.address for call in called_by("orders")}
    assert "orders.place_order" in {call.address for call in called_by_gateway()}
    assert "points.hold_points" not in {call.address for call in called_by_gateway()}
