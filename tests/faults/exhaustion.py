"""Troubles in which nothing dies but something has run out: connections of the database, memory of the broker."""

import time
import uuid
from contextlib import ExitStack, closing, suppress
from typing import Any

import psycopg2

from tests.faults.broker_node import empty_queues, fill_queues, set_watermark
from tests.faults.parts import BACK_WITHIN_S, Parts

HELD_S = 3.0
MORE_THAN_THERE_ARE = 320
NO_LIMIT = -1
END_OF_DATABASE = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"


def no_connections_left(parts: Parts) -> float:
    """Somebody takes every connection that PostgreSQL gives, after it has ended those of the services."""
    place = place_of_postgres(parts)
    with suppress(psycopg2.Error), ExitStack() as all_of_them:  # it may be down already
        first = all_of_them.enter_context(closing(psycopg2.connect(**place)))
        first.autocommit = True
        with suppress(psycopg2.Error):
            for _ in range(MORE_THAN_THERE_ARE):
                all_of_them.enter_context(closing(psycopg2.connect(**place)))
        with first.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname LIKE 'mall\\_%'"
                " AND pid % 2 = 0"
            )
        time.sleep(HELD_S)
    return 0.0


def one_connection(service: str, parts: Parts) -> float:
    """PostgreSQL gives all replicas of a service one connection between them, after it has ended those they had."""
    _limit(parts, f"mall_{service}", 1)
    time.sleep(HELD_S)
    _limit(parts, f"mall_{service}", NO_LIMIT)
    return 0.0


def _limit(parts: Parts, database: str, most: int) -> None:
    """However often the server is killed meanwhile by somebody else."""
    deadline = time.monotonic() + BACK_WITHIN_S
    while True:
        parts.wait_for("postgres")
        try:
            with closing(psycopg2.connect(**place_of_postgres(parts))) as connection, connection.cursor() as cursor:
                cursor.execute(f"ALTER DATABASE {database} CONNECTION LIMIT {most}")
                cursor.execute(END_OF_DATABASE, (database,))
                connection.commit()
            return
        except psycopg2.Error:
            if time.monotonic() > deadline:
                raise


def memory_alarm(parts: Parts) -> float:
    """The broker takes nothing more: who publishes is blocked, as if its memory were full."""
    set_watermark(parts, 0.0000001)
    time.sleep(HELD_S)
    set_watermark(parts, 0.4)  # who has started over meanwhile has forgotten it, and the usual one is no harm
    return 0.0


def place_of_postgres(parts: Parts) -> dict[str, Any]:
    """How its owner gets there, past the door."""
    port = int(parts.records()["postgres"].address.rpartition(":")[2])
    return {"host": "127.0.0.1", "port": port, "user": "mall", "dbname": "postgres", "connect_timeout": 5}


def queues_full(pattern: str, parts: Parts) -> float:
    """The broker takes no message for queues of such a name, as if they were at their limit."""
    name = uuid.uuid4().hex  # of its own, so that nobody else lifts it
    fill_queues(parts, name, pattern)
    time.sleep(HELD_S)
    empty_queues(parts, name)
    return 0.0
