"""The load generator's HTTP: keep-alive connections that send prepared requests. Light, as it shares the machine."""

import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_S = 30.0
LARGEST_READ = 65_536
END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True)
class Answer:
    """``milliseconds`` from when the request was meant to be sent until its answer was read."""

    milliseconds: float
    status: int
    body: bytes


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


class Connection:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port), TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> tuple[int, bytes]:
        """Status and body. Both servers measured answer with a Content-Length; anything else is an error here."""
        self._socket.sendall(request)
        received = b""
        while END_OF_HEAD not in received:
            received += self._read()
        head, _, body = received.partition(END_OF_HEAD)
        length = _content_length(head)
        while len(body) < length:
            body += self._read()
        return int(head[9:12]), body

    def _read(self) -> bytes:
        part = self._socket.recv(LARGEST_READ)
        if not part:
            raise ConnectionError("the server closed a connection in the middle of an answer")
        return part

    def close(self) -> None:
        self._socket.close()


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ConnectionError("an answer without a Content-Length")


def closed_loop(url: str, requests: Sequence[bytes], connections: int) -> Load:
    """Each connection sends its next request when the answer to the one before has come."""
    return _load(url, requests, connections, lambda _place, _started: time.perf_counter())


def open_loop(url: str, requests: Sequence[bytes], connections: int, per_second: float) -> Load:
    """Requests at a steady rate, whatever the answers do: who waits for a free connection waits on the clock."""

    def wait_for_turn(place: int, started: float) -> float:
        intended = started + place / per_second
        time.sleep(max(intended - time.perf_counter(), 0))
        return intended

    return _load(url, requests, connections, wait_for_turn)


def _load(url: str, requests: Sequence[bytes], connections: int, turn: Callable[[int, float], float]) -> Load:
    waiting = deque(enumerate(requests))
    answers: list[Answer] = []
    problems: list[Exception] = []
    start = threading.Barrier(connections + 1)
    started = [0.0]

    def send_in_turn() -> None:
        try:
            connection = Connection(url)
        finally:
            start.wait()  # also after a failure: the others wait for it
        try:
            while waiting:
                place, request = waiting.popleft()
                intended = turn(place, started[0])
                status, body = connection.send(request)
                answers.append(Answer((time.perf_counter() - intended) * 1000, status, body))
        except IndexError:
            pass  # another connection took the last request
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
