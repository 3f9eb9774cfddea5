"""A session that the server ended while nobody used it costs its pool no place, also without the garbage collector,
which in a process at rest comes very late."""

import gc

import pytest
import sqlalchemy as sa

from services.chassis.bus.relay import LOCK, OutboxRelay
from tests.integration.chassis.conftest import eventually
from tests.integration.chassis.echo import SAY, EchoService, HeardService

END = sa.text("""
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = :application AND datname = current_database()
""")
TRY_LOCK = sa.select(sa.func.pg_try_advisory_lock(LOCK))


@pytest.fixture(autouse=True)
def no_garbage_is_collected():
    gc.disable()
    yield
    gc.enable()


def end_sessions_of(database, application):
    with database.connect() as connection:
        return connection.execute(END, {"application": application}).scalar_one()


def looks_at_its_turn(container):
    """One for each time that the relay looks whether it is its turn."""
    relay = next(extension for extension in container.subextensions if isinstance(extension, OutboxRelay))
    looks = []
    sa.event.listen(relay.engine, "after_cursor_execute", lambda *_: looks.append(None))
    return looks


def test_a_relay_that_waits_for_its_turn(start, rpc, database, notes):
    with database.connect() as leader:
        assert leader.execute(TRY_LOCK).scalar_one()
        start(HeardService)
        looks = looks_at_its_turn(start(EchoService))
        for _ in range(3):
            looks.clear()
            eventually(lambda: len(looks) > 1)
            assert end_sessions_of(database, "echo-relay") == 1
        leader.invalidate()  # its session ends, and the lock with it

    rpc.call(SAY, {"request_id": "r1", "word": "after"})

    eventually(lambda: notes("heard:after") == 1, 15)
