"""The stock is audited every night; what is broken is told, kept and shown."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from services.catalog.contract import STOCK_AUDIT_FAILED, own_element
from services.catalog.storage.invariants import INVARIANTS
from services.catalog.usecases.audit_stock import audit_nightly, observe_stock
from services.chassis.clock import FixedClock
from services.chassis.testkit import database_of, emitted, works_on
from tests.integration.catalog.shop import stocked

engine = database_of("catalog", each="function")
NIGHT = datetime(2026, 11, 21, 18, tzinfo=UTC)  # two in the morning in China


@pytest.fixture
def clock():
    return FixedClock(NIGHT)


@pytest.fixture
def works(engine, clock):
    return works_on(engine, clock=clock)


def readings(works):
    with works.begin() as work:
        return {reading.name: reading.values for reading in observe_stock(work)}


def break_a_level(engine, sku_id):
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            sa.text("UPDATE stock_level SET on_hand = on_hand + 1 WHERE element_id = :e"), {"e": own_element(sku_id)}
        )


def test_a_night_has_one_audit_and_every_rule_is_asked(works, clock):
    assert [one["name"] for one in audit_nightly(works)] == list(INVARIANTS)
    clock.advance(hours=1)
    assert audit_nightly(works) == []
    clock.advance(hours=12)
    assert audit_nightly(works) == []  # it is afternoon
    clock.advance(hours=12)
    assert len(audit_nightly(works)) == len(INVARIANTS)


def test_what_is_broken_is_told_and_shown_until_an_audit_finds_it_no_more(engine, works, clock):
    sku_id = stocked(works, 5)
    assert readings(works)["mall_stock_audited_timestamp_seconds"] == {"": 0.0}
    break_a_level(engine, sku_id)
    audit_nightly(works)
    (event,) = emitted(engine, STOCK_AUDIT_FAILED)
    (breach,) = event["data"]["breaches"]
    assert breach["name"] == "stock level is the sum of its movements"
    assert own_element(sku_id) in breach["found"][0]
    shown = readings(works)
    assert shown["mall_stock_breaches"]["stock level is the sum of its movements"] == 1
    assert sum(shown["mall_stock_breaches"].values()) == 1
    assert shown["mall_stock_audited_timestamp_seconds"] == {"": NIGHT.timestamp()}


def test_a_sound_stock_tells_nothing(engine, works):
    stocked(works, 5)
    assert all(one["ok"] for one in audit_nightly(works))
    assert emitted(engine, STOCK_AUDIT_FAILED) == []
    assert set(readings(works)["mall_stock_breaches"].values()) == {0}
