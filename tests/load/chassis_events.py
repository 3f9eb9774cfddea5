"""Events through the chassis: ``python -m tests.load.chassis_events producer|consumer``.

Lines in: ``COUNT RATE``, events and how many a second (0: as fast as they go). The producer says ``sent`` when all are
committed; the consumer lists for each effect how many ms after the event was due it was committed.
"""

import services.chassis.green  # noqa: F401 — before whatever opens a socket

import json
import sys
import time

import eventlet
import sqlalchemy as sa
from eventlet.queue import Queue
from nameko.containers import WorkerContext, get_container_cls

from services.chassis.bus.providers import WorksProvider
from services.chassis.bus.subscribe import subscribe
from services.chassis.bus.wire import use_fast_json
from services.chassis.ids import new_id
from services.chassis.settings import read_settings
from tests.load.answers import answers_apart, questions
from tests.load.event_setting import CONSUMER, PRODUCER, THING_DONE, effect

AT_ONCE = 8
_NOTE = sa.insert(effect)


class ProducerService:
    name = PRODUCER
    works = WorksProvider()


class ConsumerService:
    name = CONSUMER
    works = WorksProvider()
    lags_ms: Queue = Queue()

    @subscribe(THING_DONE)
    def on_thing_done(self, event):
        self.works.apply(event, note)
        self.lags_ms.put(time.time() * 1000 - event.data["due_us"] / 1000)


def note(work, event):
    work.execute(_NOTE, {"number": event.data["number"], "thing_id": event.data["thing_id"]})


class Producer:
    def __init__(self, works):
        self.works, self.number = works, 0

    def send(self, count, rate):
        """Each event in a transaction of its own; who is late does not let off those who come after."""
        pool, begun = eventlet.GreenPool(AT_ONCE), time.time()
        for place in range(count):
            due = begun + place / rate if rate else time.time()
            eventlet.sleep(max(due - time.time(), 0))
            self.number += 1
            pool.spawn_n(self._tell, self.number, due)
        pool.waitall()
        return "sent"

    def _tell(self, number, due):
        thing_id = new_id("thg")
        data = {"thing_id": thing_id, "number": number, "due_us": int(due * 1_000_000), "by": "bench"}
        with self.works.begin() as work:
            work.emit(THING_DONE, thing_id, data, sequence=1)


def start(service):
    config = read_settings(service.name).as_nameko_config()
    container = get_container_cls(config)(service, config)
    container.start()
    return container


def works_of(container):
    (provider,) = container.dependencies
    return provider.get_dependency(WorkerContext(container, None, None, data={"actor": "bench"}))


def main(role):
    answers = answers_apart()
    use_fast_json()
    container = start(ProducerService if role == "producer" else ConsumerService)
    producer = Producer(works_of(container))
    print("ready", flush=True, file=answers)
    for line in questions():
        count, rate = line.split()
        if role == "producer":
            told = producer.send(int(count), float(rate))
        else:
            told = json.dumps([ConsumerService.lags_ms.get() for _ in range(int(count))])
        print(told, flush=True, file=answers)


if __name__ == "__main__":
    main(sys.argv[1])
