"""How a client of the load generator behaves: what it does when no answer comes, or one that says to come again."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.load.http_connection import Connection

NO_ANSWER = 0
TOO_MANY, NOT_NOW = 429, 503
GIVE_UP_S = 90.0
PAUSE_S = 0.2


@dataclass(frozen=True)
class Told:
    """``status`` is NO_ANSWER when none came; ``body`` then says why. ``retry_after`` as the header says, or empty."""

    status: int
    body: bytes
    retry_after: str = ""
    tries: int = 1


Ask = Callable[[Connection, bytes], Told]


def once(connection: Connection, request: bytes) -> Told:
    """Whatever goes wrong ends the load."""
    reply = connection.send(request)
    return Told(reply.status, reply.body, reply.header("Retry-After"))


def once_and_named(connection: Connection, request: bytes) -> Told:
    """That no answer came is told as one, by its name."""
    try:
        return once(connection, request)
    except OSError as problem:
        return Told(NO_ANSWER, _name_of(problem).encode())


def until_answered(connection: Connection, request: bytes) -> Told:
    """As who wants the order and has a key for it: the same request again when no answer came, or "not now"."""
    deadline, tries = time.monotonic() + GIVE_UP_S, 1
    while True:
        told = once_and_named(connection, request)
        if told.status not in (NO_ANSWER, TOO_MANY, NOT_NOW) or time.monotonic() > deadline:
            return Told(told.status, told.body, told.retry_after, tries)
        time.sleep(_pause_s(told.retry_after))
        tries += 1


def _pause_s(retry_after: str) -> float:
    """What the answer asks for; not all come back at the same moment."""
    asked = float(retry_after) if retry_after.isdigit() else PAUSE_S
    return asked * random.uniform(1.0, 1.5)


def _name_of(problem: OSError) -> str:
    if isinstance(problem, ConnectionRefusedError):
        return "connection refused"
    if isinstance(problem, TimeoutError):
        return "time-out"
    return "connection lost"
