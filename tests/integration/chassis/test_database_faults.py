"""The database goes away and comes back, or a deadline hits in the middle of a statement."""

from dataclasses import replace

import eventlet
import pytest
import sqlalchemy as sa

from services.chassis import metrics
from services.chassis.bus.faults import NotNow, RpcFault
from services.chassis.data.database import make_engine
from tests.integration.chassis.conftest import eventually
from tests.integration.chassis.echo import SAY, WORD_SAID, EchoService, HeardService

END_ALL_OTHERS = sa.text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def end_all_sessions(database):
    with database.connect() as connection:
        connection.execute(END_ALL_OTHERS)


def test_the_first_requests_after_a_restart_of_the_database_are_served(start, rpc, database, notes):
    start(EchoService)
    before = [(SAY, {"request_id": f"warm-{i}", "word": f"warm-{i}"}) for i in range(6)]
    assert all(reply["ok"] for reply in rpc.ask_all(before))
    end_all_sessions(database)

    after = [(SAY, {"request_id": f"after-{i}", "word": f"after-{i}"}) for i in range(6)]

    assert [reply["value"]["times"] for reply in rpc.ask_all(after)] == [1] * 6


def test_the_relay_and_jobs_go_on_after_a_restart_of_the_database(start, rpc, database, notes):
    start(HeardService)
    start(EchoService)
    eventually(lambda: notes("tick") >= 1)
    end_all_sessions(database)

    rpc.call(SAY, {"request_id": "r1", "word": "after"})

    eventually(lambda: notes("heard:after") == 1)
    ticks = notes("tick")
    eventually(lambda: notes("tick") > ticks)


def test_refusals_of_one_request_at_once_are_one_answer(start, rpc):
    start(EchoService)
    asked = [(SAY, {"request_id": "r1", "word": "rude"})] * 6

    replies = [reply for _ in range(5) for reply in rpc.ask_all(asked)]

    assert {reply["rejection"]["code"] for reply in replies if not isinstance(reply, RpcFault)} == {"echo.rude"}
    assert [reply for reply in replies if isinstance(reply, RpcFault)] == []


def test_a_deadline_in_the_middle_of_a_statement_costs_no_connection(start, rpc, database):
    container = start(EchoService, worker_limit_s=0.3)
    works = next(each for each in container.dependencies if each.attr_name == "works")

    def slowly():
        with works.engine.begin() as connection:
            connection.execute(sa.text("SELECT pg_sleep(5)"))

    for _ in range(container.max_workers + 4):  # more often than there are connections
        with pytest.raises(eventlet.Timeout), eventlet.Timeout(0.05):
            slowly()

    with works.engine.begin() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
    assert works.engine.pool.checkedout() == 0


def test_a_database_notices_that_its_client_has_vanished(database):
    with database.connect() as connection:
        idle = connection.execute(sa.text("SHOW tcp_keepalives_idle")).scalar_one()
    assert int(idle) <= 30  # seconds, not the two hours of the operating system


def test_a_service_whose_database_is_away_says_that_it_cannot_now(start, rpc, settings):
    container = start(EchoService)
    works = next(each for each in container.dependencies if each.attr_name == "works")
    works.engine = engine_of_nobody(settings)

    with pytest.raises(NotNow):
        rpc.call(SAY, {"request_id": "r1", "word": "hello"})


def test_events_wait_for_a_database_that_is_out_of_reach(start, rpc, settings, notes):
    """Longer than for what fails: that is no fault of theirs."""
    container = start(HeardService)
    start(EchoService)
    works = next(each for each in container.dependencies if each.attr_name == "works")
    there, works.engine = works.engine, engine_of_nobody(settings)
    before = events_retried()

    rpc.call(SAY, {"request_id": "r1", "word": "patient"})
    eventually(lambda: events_retried() - before > len(settings.retry_after_s) + 1, 20)
    works.engine = there

    eventually(lambda: notes("heard:patient") == 1)


def engine_of_nobody(settings):
    return make_engine(sa.make_url(settings.database_url).set(port=1).render_as_string(hide_password=False), 1)


def events_retried():
    return metrics.EVENTS.labels("heard", WORD_SAID.type, "retried")._value.get()


def test_readiness_says_that_the_database_is_away(start, settings):
    nowhere = replace(settings).database_url.rsplit("/", 1)[0] + "/there_is_no_such_database"
    container = start(HeardService)
    health = next(each for each in container.dependencies if each.attr_name == "health")
    eventually(lambda: not health.problems())
    health.engine = sa.create_engine(nowhere)

    assert set(health.problems()) == {"database"}


def test_a_session_that_ended_meanwhile_is_no_reason_not_to_be_ready(start, database):
    container = start(HeardService)
    health = next(each for each in container.dependencies if each.attr_name == "health")
    eventually(lambda: not health.problems())
    end_all_sessions(database)

    assert health.problems() == {}
