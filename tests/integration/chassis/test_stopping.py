"""A service can always be stopped: with work in flight, asked twice, with the broker away, before it ever came."""

from collections.abc import Iterator
from dataclasses import replace

import eventlet
import pytest
from nameko.containers import get_container_cls

from tests.integration.chassis.conftest import eventually
from tests.integration.chassis.echo import SAY, SHOUT, EchoService, HeardService
from tests.integration.chassis.valve import Valve

SOON_S = 4.0  # well below the grace of 8 s, after which everything is killed


@pytest.fixture
def valve(amqp_url: str) -> Iterator[Valve]:
    valve = Valve(amqp_url)
    yield valve
    valve.close()


def stops_soon(container, seconds=SOON_S):
    stopping = eventlet.spawn(container.stop)
    with eventlet.Timeout(seconds, False):
        stopping.wait()
        return True
    return False


@pytest.mark.parametrize("service", [EchoService, HeardService])
def test_a_service_stops_while_the_broker_is_away(start, valve, service):
    container = start(service, amqp_url=valve.url)
    valve.shut()
    eventlet.sleep(0.5)

    assert stops_soon(container)


@pytest.mark.parametrize("service", [EchoService, HeardService])
def test_a_service_that_never_saw_the_broker_can_be_stopped(settings, valve, service):
    valve.shut()
    config = replace(settings, service=service.name, amqp_url=valve.url).as_nameko_config()
    container = get_container_cls(config)(service, config)
    starting = eventlet.spawn(container.start)
    eventlet.sleep(0.5)

    assert stops_soon(container)
    with eventlet.Timeout(SOON_S):
        starting.wait()


def test_to_be_told_twice_to_stop_does_not_break_off_the_work(start, rpc, notes):
    container = start(EchoService)
    slow = eventlet.spawn(rpc.call, SAY, {"request_id": "r1", "word": "last", "pause_ms": 1500}, 6.0)
    eventlet.sleep(0.4)

    stops = [eventlet.spawn(container.stop), eventlet.spawn_after(0.3, container.stop)]

    assert slow.wait() == {"word": "last", "times": 1}
    for stop in stops:
        stop.wait()
    container.wait()


def test_work_in_flight_ends_though_the_broker_goes_away_while_stopping(start, rpc, notes, valve):
    container = start(EchoService, amqp_url=valve.url, stop_grace_s=30.0)
    eventlet.spawn(rpc.ask_all, [(SAY, {"request_id": "r1", "word": "last", "pause_ms": 1000})])
    eventlet.sleep(0.3)
    stopping = eventlet.spawn(stops_soon, container, 15.0)  # its answer is tried for some seconds
    eventlet.sleep(0.2)
    valve.shut()

    assert stopping.wait()
    assert notes("said:last") == 1


@pytest.mark.parametrize("service", [EchoService, HeardService])
def test_a_service_is_not_ready_while_the_broker_is_away_and_ready_again_after(start, rpc, valve, service):
    container = start(service, amqp_url=valve.url)
    health = next(each for each in container.dependencies if each.attr_name == "health")
    eventually(lambda: not health.problems())
    valve.shut()

    eventually(lambda: {"broker", "rpc"} <= set(health.problems()))

    valve.open()
    eventually(lambda: not health.problems())


def test_a_connection_that_breaks_under_an_ack_is_made_anew(start, rpc):
    container = start(EchoService)
    health = next(each for each in container.dependencies if each.attr_name == "health")
    consumer = health.queue_consumer
    assert rpc.call(SAY, {"request_id": "r1", "word": "before"})["times"] == 1

    link, wire = consumer._link, consumer._link.transport.sock
    link.transport.connected = False  # what a failed write leaves behind, before the reading thread hears of it
    eventually(lambda: consumer._link is not link and consumer.is_consuming)
    wire.close()

    assert rpc.call(SAY, {"request_id": "r2", "word": "after"})["times"] == 1


def test_a_service_serves_again_after_the_broker_was_away(start, rpc, valve):
    start(EchoService, amqp_url=valve.url)
    valve.shut()
    eventlet.sleep(0.5)
    valve.open()

    assert rpc.call(SHOUT, {"request_id": "r1", "word": "back"}, 8.0)["word"] == "BACK"
