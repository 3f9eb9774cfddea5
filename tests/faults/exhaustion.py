"""Troubles in which nothing dies but something has run out: connections of the database, memory of the broker."""

import subprocess
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import psycopg2

from tests.faults.parts import BACK_WITHIN_S, Parts

HELD_S = 3.0
MORE_THAN_THERE_ARE = 320
NO_LIMIT = -1
END_OF_DATABASE = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"


def no_connections_left(parts: Parts) -> float:
    """Somebody takes every connection that PostgreSQL gives, after it has ended those of the services."""
    place = place_of_postgres(parts)
    with suppress(psycopg2.OperationalError), ExitStack() as all_of_them:  # it may be down already
        first = all_of_them.enter_context(closing(psycopg2.connect(**place)))
        first.autocommit = True
        with suppress(psycopg2.OperationalError):
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
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise


def memory_alarm(parts: Parts) -> float:
    """The broker takes nothing more: who publishes is blocked, as if its memory were full."""
    parts.wait_for("rabbitmq")
    _set_watermark(parts, "0.0000001")
    time.sleep(HELD_S)
    parts.wait_for("rabbitmq")  # who has started over meanwhile has forgotten it, and the usual one is no harm
    _set_watermark(parts, "0.4")
    return 0.0


def place_of_postgres(parts: Parts) -> dict[str, Any]:
    """How its owner gets there, past the door."""
    port = int(parts.records()["postgres"].address.rpartition(":")[2])
    return {"host": "127.0.0.1", "port": port, "user": "mall", "dbname": "postgres", "connect_timeout": 5}


def _set_watermark(parts: Parts, share: str) -> None:
    """With the environment of the very node: its cookie, its port mapper, its name."""
    record = parts.records()["rabbitmq"]
    raw = Path(f"/proc/{record.pid}/environ").read_bytes().decode().split("\0")
    environment = dict(pair.split("=", 1) for pair in raw if "=" in pair)
    program = Path(environment["RABBITMQ_PLUGINS_DIR"]).parent / "sbin" / "rabbitmqctl"
    words = [str(program), "-q", "set_vm_memory_high_watermark", share]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode and record.alive:  # or somebody has killed it just now
        raise RuntimeError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
