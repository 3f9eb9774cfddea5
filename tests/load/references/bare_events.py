"""The floor of the benchmark of events: py-amqp and psycopg2 alone, a hundred at once.

``python -m tests.load.references.bare_events producer|consumer``, talked to as ``tests.load.chassis_events``. Batches
with confirms to a quorum queue, plain INSERTs committed and acked a hundred at once. The producer has no database: what
it sends is bound to no change. Nothing is validated or traced, what comes twice fails, and nobody tries again.
"""

import json
import os
import sys
import time
from urllib.parse import urlsplit

import amqp
import psycopg2

AT_ONCE = 100
QUEUE = "bench_bare_events"


class Producer:
    def __init__(self, channel):
        self.channel, self.number, self.unconfirmed = channel, 0, 0
        channel.confirm_select()
        channel.events["basic_ack"].add(self._acked)

    def answer(self, count):
        for _ in range(count // AT_ONCE):
            for _ in range(AT_ONCE):
                self._publish()
            while self.unconfirmed != self.number:
                self.channel.connection.drain_events()
        return "sent"

    def _publish(self):
        self.number += 1
        data = {"thing_id": f"thg_{self.number:032x}", "number": self.number, "due_us": int(time.time() * 1_000_000)}
        message = amqp.Message(json.dumps(data), delivery_mode=2)
        amqp.Channel._basic_publish(self.channel, message, routing_key=QUEUE)

    def _acked(self, tag, multiple):
        self.unconfirmed = tag if multiple else self.unconfirmed + 1


class Consumer:
    def __init__(self, channel):
        self.channel, self.lags_ms, self.due = channel, [], []
        self.database = psycopg2.connect(os.environ["BENCH_DATABASE_URL"])
        self.cursor = self.database.cursor()
        channel.basic_qos(0, AT_ONCE, False)
        channel.basic_consume(QUEUE, callback=self._take)

    def answer(self, count):
        while len(self.lags_ms) < count:
            self.channel.connection.drain_events()
        told, self.lags_ms = self.lags_ms, []
        return json.dumps(told)

    def _take(self, message):
        data = json.loads(message.body)
        values = (data["number"], data["thing_id"])
        self.cursor.execute("INSERT INTO effect (number, thing_id) VALUES (%s, %s)", values)
        self.due.append(data["due_us"])
        if len(self.due) == AT_ONCE:
            self.database.commit()
            self.channel.basic_ack(message.delivery_tag, multiple=True)
            now = time.time()
            self.lags_ms += [now * 1000 - due / 1000 for due in self.due]
            self.due.clear()


def connect():
    url = urlsplit(os.environ["MALL_AMQP_URL"])
    connection = amqp.Connection(
        host=f"{url.hostname}:{url.port or 5672}",
        userid=url.username or "guest",
        password=url.password or "guest",
        virtual_host=url.path[1:] or "/",
    )
    connection.connect()
    return connection.channel()


def main(role):
    channel = connect()
    channel.queue_declare(QUEUE, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
    side = Producer(channel) if role == "producer" else Consumer(channel)
    print("ready", flush=True)
    for line in sys.stdin:
        print(side.answer(int(line.split()[0])), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
