"""Events of the chassis on a real broker: outbox to inbox, retries, the dead queue, jobs."""

from contextlib import suppress

import orjson
import sqlalchemy as sa
from kombu import Connection

from services.chassis.bus.dead_letters import list_dead, replay_dead
from services.chassis.bus.wire import retry_queue
from services.chassis.data.tables import inbox, job, outbox
from tests.integration.chassis.conftest import eventually
from tests.integration.chassis.echo import SAY, EchoService, HeardService


def say(rpc, word, request_id=None):
    return rpc.call(SAY, {"request_id": request_id or f"say-{word}", "word": word})


def publish(amqp_url, *bodies):
    with Connection(amqp_url) as connection:
        producer = connection.Producer()
        for body in bodies:
            producer.publish(body, exchange="echo.events", routing_key="word.said.v1", content_type="application/json")


def dead_message(amqp_url):
    with Connection(amqp_url) as connection:
        return connection.channel().basic_get("heard.dead", no_ack=True)


def test_an_event_is_published_and_applied_once(start, rpc, notes, database):
    start(HeardService)
    start(EchoService)

    say(rpc, "hello")

    eventually(lambda: notes("heard:hello") == 1)
    with database.connect() as connection:
        assert eventually(lambda: not connection.execute(sa.select(outbox.c.id)).all())


def test_a_duplicate_is_applied_once(start, rpc, notes, amqp_url, database):
    start(HeardService)
    envelope = {
        "id": "evt_1",
        "type": "word.said.v1",
        "source": "echo",
        "occurred_at": "2026-11-21T00:00:00Z",
        "subject": "w",
        "sequence": 1,
        "correlation_id": "c",
        "causation_id": None,
        "traceparent": "garbage",
        "data": {"word": "twice", "new_field": "ignored"},
    }
    publish(amqp_url, *[orjson.dumps(envelope)] * 5)
    eventually(lambda: notes("heard:twice") == 1)
    with Connection(amqp_url) as connection:
        queue = "heard.on.word.said.v1"
        eventually(lambda: connection.channel().queue_declare(queue, passive=True).message_count == 0)
    assert notes("heard:twice") == 1
    with database.connect() as connection:
        assert connection.execute(sa.select(inbox.c.event_id)).scalars().all() == ["evt_1"]


def test_a_failing_handler_is_tried_again_later(start, rpc, notes):
    HeardService.failures.clear()
    start(HeardService)
    start(EchoService)
    say(rpc, "flaky")
    eventually(lambda: notes("heard:flaky") == 1, within_s=15)


def test_what_can_never_succeed_is_parked_with_its_reason(start, rpc, notes, amqp_url):
    start(HeardService)
    start(EchoService)
    say(rpc, "poison")
    parked = eventually(lambda: dead_message(amqp_url))
    assert orjson.loads(parked.body)["data"] == {"word": "poison"}
    assert parked.headers["x-reason"] == "ValueError: cannot ever be handled"
    assert parked.headers["x-queue"] == "heard.on.word.said.v1"


def test_what_keeps_failing_is_parked_in_the_end(start, rpc, amqp_url):
    HeardService.failures["flaky-for-ever"] = 99
    start(HeardService)
    start(EchoService)
    say(rpc, "flaky-for-ever")
    parked = eventually(lambda: dead_message(amqp_url), within_s=20)
    assert parked.headers["x-reason"] == "ConnectionError: not now"


def test_a_failure_that_cannot_be_put_aside_waits_until_it_can(start, rpc, amqp_url):
    """A broker gives a message up after so many deliveries, however good the reason to try again."""
    HeardService.failures["flaky-and-shut-out"] = 99
    start(HeardService)
    start(EchoService)
    waiting = retry_queue("heard", 1)
    with Connection(amqp_url) as connection:
        waiting.exchange(connection.channel()).delete()
        say(rpc, "flaky-and-shut-out")
        with suppress(AssertionError):
            eventually(lambda: HeardService.failures["flaky-and-shut-out"] <= 99 - 20, within_s=3)

        waiting(connection.channel()).declare()

    parked = eventually(lambda: dead_message(amqp_url), within_s=20)
    assert parked.headers.get("x-reason") == "ConnectionError: not now"
    assert HeardService.failures["flaky-and-shut-out"] == 99 - 3


def test_a_body_that_is_no_event_is_parked(start, amqp_url):
    start(HeardService)
    publish(amqp_url, '{"hello": 1}')
    assert eventually(lambda: dead_message(amqp_url)).headers["x-reason"] == "KeyError: 'id'"


def test_a_job_runs_in_one_replica_at_a_time(start, notes, database):
    start(HeardService)
    start(HeardService)
    eventually(lambda: notes("tick") >= 3)
    with database.connect() as connection:
        row = connection.execute(sa.select(job).where(job.c.name == "heard.tick")).one()
    assert row.runs >= 2
    assert row.last_error is None


def test_what_nobody_can_read_is_parked_and_says_so(start, amqp_url):
    start(HeardService)
    with Connection(amqp_url) as connection:
        how = {"content_type": "application/json", "content_encoding": "utf-8", "serializer": None}
        connection.Producer().publish(b"{not json", exchange="", routing_key="heard.on.word.said.v1", **how)

    [letter] = eventually(lambda: list_dead(amqp_url, "heard"), within_s=20)

    assert (letter.queue, letter.body) == ("heard.on.word.said.v1", b"{not json")
    assert letter.reason == "it is not JSON: nobody can read it"


def test_a_dead_letter_can_be_looked_at_and_replayed(start, rpc, notes, amqp_url):
    HeardService.failures["flaky-mended"] = 3  # the first try and both retries fail
    start(HeardService)
    start(EchoService)
    say(rpc, "flaky-mended")

    letter = eventually(lambda: list_dead(amqp_url, "heard"), within_s=20)[0]
    assert (letter.queue, letter.reason) == ("heard.on.word.said.v1", "ConnectionError: not now")
    assert letter.envelope["data"] == {"word": "flaky-mended"}
    assert len(list_dead(amqp_url, "heard")) == 1

    assert replay_dead(amqp_url, "heard") == 1
    eventually(lambda: notes("heard:flaky-mended") == 1)
    assert list_dead(amqp_url, "heard") == []
