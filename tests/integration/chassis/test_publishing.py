"""What is published is confirmed, refused or returned; no answer is taken for that of another message."""

import orjson
import pytest
from kombu import Connection

from services.chassis.bus.dead_letters import list_dead, replay_dead
from services.chassis.bus.publishing import Publisher, Unroutable
from services.chassis.bus.wire import dead_queue
from tests.integration.chassis.conftest import eventually
from tests.integration.chassis.echo import HeardService


def test_every_message_without_a_queue_is_told_not_only_the_first(amqp_url):
    publisher = Publisher.to(amqp_url)
    for _ in range(5):
        with pytest.raises(Unroutable):
            publisher.publish({}, "", "no-such-queue", mandatory=True)


def test_a_message_after_an_unroutable_one_is_confirmed_by_itself(amqp_url):
    publisher = Publisher.to(amqp_url)
    with Connection(amqp_url) as connection:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).queue
        with pytest.raises(Unroutable):
            publisher.publish({}, "", "no-such-queue", mandatory=True)
        publisher.publish({"n": 1}, "", queue, mandatory=True)
        assert orjson.loads(channel.basic_get(queue, no_ack=True).body) == {"n": 1}


def test_an_event_that_nobody_can_read_is_kept_for_a_person(start, amqp_url):
    start(HeardService)
    with Connection(amqp_url) as connection:
        connection.Producer().publish(
            b"{", exchange="echo.events", routing_key="word.said.v1", content_type="application/json"
        )

    letter = eventually(lambda: list_dead(amqp_url, "heard"))[0]

    assert (letter.queue, letter.body) == ("heard.on.word.said.v1", b"{")


def test_a_dead_letter_whose_queue_is_gone_does_not_keep_the_others(start, amqp_url, notes):
    start(HeardService)
    envelope = {
        "id": "evt_9", "type": "word.said.v1", "source": "echo", "occurred_at": "2026-11-21T00:00:00Z",
        "subject": "w", "sequence": 1, "data": {"word": "replayed"},
    }  # fmt: skip
    publisher = Publisher.to(amqp_url)
    for queue in ("heard.on.nothing.any.more", "heard.on.word.said.v1"):
        publisher.publish(envelope, "", dead_queue("heard").name, headers={"x-queue": queue})

    assert replay_dead(amqp_url, "heard") == 1

    eventually(lambda: notes("heard:replayed") == 1)
    assert [letter.queue for letter in list_dead(amqp_url, "heard")] == ["heard.on.nothing.any.more"]
