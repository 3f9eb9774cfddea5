"""The catalog at a noon that lasts, for the modules that have no other: its books must add up after every test."""

import pytest

from services.chassis.clock import FixedClock
from services.chassis.testkit import works_on
from tests.integration.catalog.shop import broken_invariants
from tests.integration.orders.kit import NOON


@pytest.fixture
def clock():
    return FixedClock(NOON)


@pytest.fixture
def works(engine, clock):
    works = works_on(engine, clock)
    yield works
    assert broken_invariants(works) == []
