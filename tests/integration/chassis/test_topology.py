"""Nobody publishes into the void: queues are declared before the first service starts."""

import eventlet
import pytest
import sqlalchemy as sa
from kombu import Connection

from services.chassis import topology
from services.chassis.data.tables import outbox
from services.chassis.topology import declare_topology, events_heard_by
from services.points.service import PointsService
from tests.integration.chassis.conftest import eventually
from tests.integration.chassis.echo import SAY, WORD_SAID, EchoService, HeardService
from tests.integration.chassis.valve import Valve

ALL, LADDER = [EchoService, HeardService], (1, 1)


@pytest.fixture
def bare_broker(amqp_url):
    with Connection(amqp_url) as connection:
        channel = connection.channel()
        channel.queue_delete("heard.on.word.said.v1")
        channel.exchange_delete("echo.events")


def waiting(database):
    with database.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(outbox)).scalar_one()


def test_an_event_told_before_its_consumer_ever_ran_reaches_it(start, rpc, notes, amqp_url, database, bare_broker):
    declare_topology(amqp_url, ALL, LADDER)
    start(EchoService)
    rpc.call(SAY, {"request_id": "r1", "word": "early"})
    eventually(lambda: waiting(database) == 0)

    start(HeardService)

    eventually(lambda: notes("heard:early") == 1)


def test_events_wait_in_the_outbox_while_nobody_has_prepared_the_broker(start, rpc, amqp_url, database, bare_broker):
    start(EchoService)
    rpc.call(SAY, {"request_id": "r1", "word": "early"})
    eventlet.sleep(1.0)  # time enough for the relay to do wrong
    assert waiting(database) == 1

    declare_topology(amqp_url, ALL, LADDER)

    eventually(lambda: waiting(database) == 0)


def test_the_step_is_safe_to_repeat_and_changes_nothing_that_works(start, rpc, notes, amqp_url):
    start(HeardService)
    start(EchoService)

    assert [declare_topology(amqp_url, ALL, LADDER) for _ in range(2)] == [1, 1]

    rpc.call(SAY, {"request_id": "r1", "word": "still"})
    eventually(lambda: notes("heard:still") == 1)


def test_what_a_service_listens_to_is_read_from_its_door():
    assert events_heard_by(EchoService) == []
    assert events_heard_by(HeardService) == [WORD_SAID]
    assert {event.type for event in events_heard_by(PointsService)} >= {"members.enrolled.v1", "order.confirmed.v1"}


def test_the_command_prepares_the_broker_for_all_services(amqp_url, monkeypatch, capsys):
    monkeypatch.setenv("MALL_AMQP_URL", amqp_url)

    assert topology.main() == 0

    assert "event queues stand" in capsys.readouterr().out
    with Connection(amqp_url) as connection:
        channel = connection.channel()
        for queue in ("points.on.members.enrolled.v1", "catalog.on.order.confirmed.v1", "logistics.dead"):
            assert channel.queue_declare(queue, passive=True).message_count == 0


def test_the_command_waits_for_a_broker_that_is_starting(amqp_url, monkeypatch, capsys):
    valve = Valve(amqp_url)
    valve.shut()
    monkeypatch.setenv("MALL_AMQP_URL", valve.url)
    eventlet.spawn_after(1.0, valve.open)

    assert topology.main(["--wait", "20"]) == 0

    assert valve.is_open
    assert "event queues stand" in capsys.readouterr().out
    valve.close()


def test_the_command_waits_no_longer_than_it_was_told(amqp_url, monkeypatch, capsys):
    valve = Valve(amqp_url)
    valve.shut()
    monkeypatch.setenv("MALL_AMQP_URL", valve.url)

    assert topology.main(["--wait", "0.5"]) == 1

    assert "the broker was not prepared" in capsys.readouterr().err
    valve.close()


def test_the_command_says_what_is_missing(monkeypatch, capsys):
    monkeypatch.delenv("MALL_AMQP_URL", raising=False)
    assert topology.main() == 1
    assert "AMQP_URL" in capsys.readouterr().err
