"""The real gateway in a process of its own, a stand-in for logistics behind it, and raw sockets in front."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import orjson
import pytest
from kombu import Connection

PATIENCE_S = 45
Found = TypeVar("Found")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Mall:
    """``port`` is the gateway's; ``notes`` is what reached logistics."""

    port: int
    gateway: subprocess.Popen
    notes_file: Path

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def send(self, raw: bytes) -> Answer:
        with closing(self.connect()) as wire:
            wire.sendall(raw)
            return read_answer(wire)

    def ask(self, path: str = "/healthz", method: str = "GET", headers: str = "", body: bytes = b"") -> Answer:
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: mall\r\n{length}{headers}\r\n"
        return self.send(head.encode("latin-1") + body)

    @property
    def notes(self) -> list[bytes]:
        return self.notes_file.read_bytes().splitlines() if self.notes_file.exists() else []


def read_answer(wire: socket.socket) -> Answer:
    """One whole answer; raises ConnectionError when the server hangs up before its end."""
    [answer] = read_answers(wire, 1)
    return answer


def read_answers(wire: socket.socket, count: int) -> list[Answer]:
    with wire.makefile("rb") as stream:
        return [_next_answer(stream) for _ in range(count)]


def _next_answer(stream: BinaryIO) -> Answer:
    status_line, *lines = iter(lambda: _line(stream), "")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", 0))
    body = stream.read(length)
    if len(body) < length:
        raise ConnectionError("the server hung up")
    return Answer(int(status_line.split()[1]), headers, body)


def _line(stream: BinaryIO) -> str:
    line = stream.readline()
    if not line.endswith(b"\r\n"):
        raise ConnectionError("the server hung up")
    return line.decode("latin-1").removesuffix("\r\n")


@pytest.fixture(scope="session")
def amqp_url() -> str:
    url = os.environ.get("MALL_TEST_AMQP_URL")
    if not url:
        pytest.fail("MALL_TEST_AMQP_URL is not set: run the tests with ./mall test")
    return url


@pytest.fixture(scope="session")
def start_process(amqp_url: str) -> Iterator[Callable[..., subprocess.Popen]]:
    running: list[subprocess.Popen] = []

    def start(package: str, output: Path, **variables: str) -> subprocess.Popen:
        environment = {**os.environ, "MALL_AMQP_URL": amqp_url, **variables}
        with output.open("wb") as log:
            command = [sys.executable, "-m", "services.chassis.run", package]
            running.append(subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT))
        return running[-1]

    yield start
    for process in running:
        process.terminate()
    for process in running:
        process.wait(PATIENCE_S)


@pytest.fixture(scope="session")
def logistics_notes(
    amqp_url: str, start_process: Callable[..., subprocess.Popen], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    folder, ops_port = tmp_path_factory.mktemp("logistics"), free_port()
    notes = folder / "notes"
    start_process(
        "tests.integration.gateway.logistics", folder / "log", MALL_OPS_PORT=str(ops_port), STAND_IN_NOTES=str(notes)
    )
    wait_ready(ops_port)
    yield notes
    with Connection(amqp_url) as connection:
        connection.channel().queue_delete("rpc-logistics")


@pytest.fixture
def start_mall(
    start_process: Callable[..., subprocess.Popen], logistics_notes: Path, tmp_path: Path
) -> Callable[..., Mall]:
    """``start(MALL_…="…")``: a gateway of the test's own, with these settings."""

    def start(**settings: str) -> Mall:
        port = free_port()
        gateway = start_process("gateway", tmp_path / "gateway.log", MALL_HTTP_PORT=str(port), **settings)
        wait_ready(port)
        return Mall(port, gateway, logistics_notes)

    return start


@pytest.fixture(scope="module")
def mall(
    request: pytest.FixtureRequest,
    start_process: Callable[..., subprocess.Popen],
    logistics_notes: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mall]:
    """One gateway for all attacks of a module, with its ``SETTINGS`` if it has any: it must survive every one of
    them."""
    settings = getattr(request.module, "SETTINGS", {})
    port = free_port()
    log = tmp_path_factory.mktemp("gateway") / "log"
    gateway = start_process("gateway", log, MALL_HTTP_PORT=str(port), **settings)
    wait_ready(port)
    yield Mall(port, gateway, logistics_notes)
    assert gateway.poll() is None, "the gateway died of an attack"
    assert b"Traceback" not in log.read_bytes()


def eventually(condition: Callable[[], Found]) -> Found:
    """What it gives, once that is something."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_ready(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            with closing(socket.create_connection(("127.0.0.1", port), timeout=2)) as wire:
                wire.sendall(b"GET /readyz HTTP/1.1\r\nHost: mall\r\n\r\n")
                if read_answer(wire).status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"nothing became ready on port {port}")
