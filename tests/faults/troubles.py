"""The kinds of trouble, each something that is done to the running mall and leaves it to itself again."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial

import psycopg2

from tests.faults.exhaustion import (
    memory_alarm,
    no_connections_left,
    one_connection,
    place_of_postgres,
    queues_full,
)
from tests.faults.parts import Parts

SERVICES = ("members", "points", "points-2", "catalog", "orders", "orders-2", "logistics", "notifications")
EDGES = ("gateway", "gateway-2")
STORES = ("postgres", "rabbitmq")
DOORS = ("postgres", "rabbitmq", "alipay")
TOXICS = ("latency", "slices", "stall", "half_open")
STOPPED_S, POISONED_S, WRONG_S = 3.0, 3.0, 3.0
QUEUES = {"events": r"\.(on|retry)\.", "requests": "^rpc-"}
WRONG_CLOCKS = {"a day ahead": 86_400, "an hour behind": -3_600, "90 days ahead": 90 * 86_400}
"""Of all services at once: what is bought meanwhile must be neither lost nor over before its time."""


@dataclass(frozen=True)
class Trouble:
    """``make`` does it and says how many seconds it took until what it struck was ready again."""

    kind: str
    make: Callable[[Parts], float]


def every_kind() -> list[Trouble]:
    kills = [Trouble(f"kill {name}", partial(kill, name)) for name in (*SERVICES, *EDGES, *STORES)]
    stops = [Trouble(f"stop {name}", partial(stop, name)) for name in (*SERVICES, *EDGES, *STORES)]
    toxics = [Trouble(f"{toxic} {door}", partial(poison, door, toxic)) for door in DOORS for toxic in TOXICS]
    resets = [Trouble(f"reset {door}", partial(reset, door)) for door in DOORS]
    clocks = [Trouble(f"clocks {wrong}", partial(set_clocks, by_s)) for wrong, by_s in WRONG_CLOCKS.items()]
    return [*kills, *stops, *toxics, *resets, *clocks, BACKENDS, PAIR, *RUN_OUT]


def kill(name: str, parts: Parts) -> float:
    return parts.wait_for_another(parts.strike(name))


def stop(name: str, parts: Parts) -> float:
    with parts.stopped(name):
        time.sleep(STOPPED_S)
    return parts.wait_for(name)


def poison(door: str, toxic: str, parts: Parts) -> float:
    with parts.poisoned(door, toxic):
        time.sleep(POISONED_S)
    return 0.0


def reset(door: str, parts: Parts) -> float:
    parts.poison(door, "reset")
    return 0.0


def set_clocks(by_s: float, parts: Parts) -> float:
    with parts.clock_off(SERVICES, by_s):
        time.sleep(WRONG_S)
    return 0.0


def kill_a_backend(parts: Parts) -> float:
    """One session of a service dies, and the server with all its sessions starts over: PostgreSQL trusts its shared
    memory no more."""
    with suppress(psycopg2.Error, ProcessLookupError):  # it is down already: another trouble was quicker
        with closing(psycopg2.connect(**place_of_postgres(parts))) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname LIKE 'mall\\_%' AND state IS NOT NULL")
            pids = [pid for (pid,) in cursor.fetchall()]
        if pids:
            os.kill(random.choice(pids), signal.SIGKILL)
    return parts.wait_for("postgres")


def kill_two_at_once(parts: Parts) -> float:
    """Both replicas of what bears most: nobody is there to take over."""
    for name in ("orders", "orders-2"):
        parts.strike(name)
    began = time.monotonic()
    for name in ("orders", "orders-2"):
        parts.wait_for(name)
    return time.monotonic() - began


BACKENDS = Trouble("kill a backend of postgres", kill_a_backend)
PAIR = Trouble("kill both of orders", kill_two_at_once)
RUN_OUT = (
    Trouble("no connection of postgres left", no_connections_left),
    *(Trouble(f"one connection for {service}", partial(one_connection, service)) for service in ("points", "orders")),
    Trouble("memory alarm of rabbitmq", memory_alarm),
    *(Trouble(f"queues of {what} full", partial(queues_full, names)) for what, names in QUEUES.items()),
)
