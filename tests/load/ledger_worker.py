"""A process that uses the ledger as the service does: ``python -m tests.load.ledger_worker URL CONNECTIONS``.

Lines in: ``redeem COUNT CONNECTIONS WALLETS`` or ``accrue COUNT CONNECTIONS SOURCES``. Lines out: a list of how many
milliseconds each took.
"""

import services.chassis.green  # noqa: F401 — as the services are: greenthreads, and a driver that yields to them

import json
import sys
import time
from collections.abc import Callable
from functools import partial

import eventlet

from services.chassis.data.database import make_engine
from tests.load.answers import answers_apart, questions
from tests.load.ledger_requests import accrue_somewhere, redeem_somewhere

DEEDS = {"redeem": redeem_somewhere, "accrue": accrue_somewhere}


def burst(once: Callable[[], None], count: int, connections: int) -> list[float]:
    """Latencies in ms of ``count`` calls, ``connections`` at a time."""

    def some(calls: int) -> None:
        for _ in range(calls):
            started = time.perf_counter()
            once()
            latencies.append((time.perf_counter() - started) * 1000)

    latencies: list[float] = []
    for thread in [eventlet.spawn(some, count // connections) for _ in range(connections)]:
        thread.wait()
    return latencies


def main(url: str, connections: str) -> None:
    answers = answers_apart()
    engine = make_engine(url, int(connections), "bench-ledger")
    print("ready", flush=True, file=answers)
    for line in questions():
        word, count, at_once, among = line.split()
        latencies = burst(partial(DEEDS[word], engine, int(among)), int(count), int(at_once))
        print(json.dumps(latencies), flush=True, file=answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
