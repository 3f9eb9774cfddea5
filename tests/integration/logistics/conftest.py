"""A clean database and a carrier for every test."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.data.work import Works
from services.chassis.testkit import works_on
from tests.integration.logistics.parcel_carrier import ParcelCarrier
from tests.integration.logistics.stage import NOON, SECRET, configure, settings

TABLES = (
    "carrier, carrier_change, carrier_health, shipment, scan, parked_callback, dispatch_stop, withheld_piece, outbox,"
    " inbox, answer"
)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def works(engine: sa.Engine, clock: FixedClock) -> Works:
    with engine.begin() as connection:
        connection.execute(sa.text(f"TRUNCATE {TABLES} RESTART IDENTITY"))
    return works_on(engine, clock=clock, settings=settings())


@pytest.fixture
def swift(works: Works) -> Iterator[ParcelCarrier]:
    """The only carrier, unless the test configures more."""
    carrier = ParcelCarrier(SECRET)
    configure(works, "swift", carrier.endpoint)
    yield carrier
    carrier.close()
