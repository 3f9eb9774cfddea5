"""Reservations of before there were pre-sales are of goods that are there, and stay so."""

import pytest
import sqlalchemy as sa

from services.chassis.ids import derived_id
from tests.support.old_databases import database_from

# ruff: noqa: S608 — statements put together of constants of this file

STATES = ("held", "committed", "released", "expired")
ORDERS = {status: derived_id("ord", status) for status in STATES}
AS_IT_WAS = "".join(
    f"INSERT INTO reservation (order_id, status, expires_at, opened_at, changed_at)"
    f" VALUES ('{order_id}', '{status}', now(), now(), now());"
    for status, order_id in ORDERS.items()
)


@pytest.fixture
def engine():
    with database_from("catalog", "0014", AS_IT_WAS) as engine:
        yield engine


def test_they_keep_their_states_and_wait_for_nothing(engine):
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT order_id, status, is_presale FROM reservation")).all()
        assert {row.order_id: (row.status, row.is_presale) for row in rows} == {
            order_id: (status, False) for status, order_id in ORDERS.items()
        }


def test_what_is_there_is_never_promised_for_later(engine):
    promise = sa.text("UPDATE reservation SET status = 'promised' WHERE order_id = :id")
    with engine.connect() as connection, pytest.raises(sa.exc.IntegrityError, match="reservation_status_check"):
        connection.execute(promise, {"id": ORDERS["held"]})
