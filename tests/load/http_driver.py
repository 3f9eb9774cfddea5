"""The load generator's HTTP: keep-alive connections that send prepared requests. Light, as it shares the machine."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.load.asking import Ask, once
from tests.load.http_connection import Connection


@dataclass(frozen=True)
class Answer:
    """``milliseconds`` from when the request was meant to be sent until its answer was read; ``at_s``: when it was
    meant to be sent, from the beginning of the load; ``late_ms``: until it was sent, for want of a free connection or
    of a core. The others are as in ``Told``."""

    milliseconds: float
    status: int
    body: bytes
    at_s: float = 0.0
    retry_after: str = ""
    tries: int = 1
    late_ms: float = 0.0

    @property
    def came_s(self) -> float:
        return self.at_s + self.milliseconds / 1000


@dataclass(frozen=True)
class Load:
    """What a load gave: the answers in the order in which they came, and how long all of it took."""

    answers: list[Answer]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.answers) / self.seconds

    @property
    def latencies_ms(self) -> list[float]:
        return [answer.milliseconds for answer in self.answers]


def post(url: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A POST of JSON as it goes over the wire, made before the clock runs."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def get(url: str, path: str, headers: dict[str, str]) -> bytes:
    """A GET as it goes over the wire."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode()


def closed_loop(url: str, requests: Iterable[bytes], connections: int, ask: Ask = once) -> Load:
    """Each connection sends its next request when the answer to the one before has come."""
    return _load(url, requests, connections, lambda _place, _started: time.perf_counter(), ask)


def open_loop(url: str, requests: Iterable[bytes], connections: int, per_second: float, ask: Ask = once) -> Load:
    """Requests at a steady rate, whatever the answers do: who waits for a free connection waits on the clock."""

    def wait_for_turn(place: int, started: float) -> float:
        intended = started + place / per_second
        time.sleep(max(intended - time.perf_counter(), 0))
        return intended

    return _load(url, requests, connections, wait_for_turn, ask)


def _load(url: str, requests: Iterable[bytes], connections: int, turn: Callable[[int, float], float], ask: Ask) -> Load:
    waiting, taking = enumerate(requests), threading.Lock()
    answers: list[Answer] = []
    problems: list[Exception] = []
    start = threading.Barrier(connections + 1)
    started = [0.0]

    def take() -> tuple[int, bytes] | None:
        with taking:
            return next(waiting, None)

    def send_in_turn() -> None:
        connection = Connection(url)
        start.wait()
        try:
            while taken := take():
                place, request = taken
                intended = turn(place, started[0])
                late = (time.perf_counter() - intended) * 1000
                told = ask(connection, request)
                took = (time.perf_counter() - intended) * 1000
                at = intended - started[0]
                answers.append(Answer(took, told.status, told.body, at, told.retry_after, told.tries, late))
        finally:
            connection.close()

    def guarded() -> None:
        try:
            send_in_turn()
        except Exception as problem:  # noqa: BLE001 — told to whoever started the load
            problems.append(problem)

    threads = [threading.Thread(target=guarded, daemon=True) for _ in range(connections)]
    for thread in threads:
        thread.start()
    started[0] = time.perf_counter()
    start.wait()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return Load(answers, time.perf_counter() - started[0])
