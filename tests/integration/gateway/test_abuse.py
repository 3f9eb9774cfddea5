"""Whatever is sent to the gateway is answered as a problem or cut, and nothing of it stays, least of all a worker."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from statistics import median

import pytest

from tests.integration.gateway.abuses import ABUSES, HEALTH, LEFT_BEFORE_THE_END
from tests.integration.gateway.busy import all_workers_busy, callback
from tests.integration.gateway.conftest import Mall, eventually, read_answer, read_answers

WORKERS = 8
SETTINGS = {"MALL_MAX_WORKERS": str(WORKERS), "MALL_HTTP_HEAD_S": "3", "MALL_HTTP_BODY_S": "3"}
RESET = struct.pack("ii", 1, 0)
A_MOMENT_S = 0.1  # a busy machine is no fault
DOCUMENT = b"GET /openapi.json HTTP/1.1\r\nHost: mall\r\n\r\n"


@pytest.fixture(scope="module", autouse=True)
def _nothing_stays_of_it(mall: Mall, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No more open files and threads than before, as fast as before, and every worker there."""
    took, before = usual_time(mall), held_by(mall)
    yield
    eventually(lambda: all(now <= then for now, then in zip(held_by(mall), before, strict=True)))
    valve = tmp_path_factory.mktemp("abuse") / "valve"
    with all_workers_busy(mall, WORKERS, valve) as wires:
        valve.unlink()
        assert [read_answer(wire).status for wire in wires] == [200] * WORKERS
    assert usual_time(mall) < 5 * took + A_MOMENT_S


def held_by(mall: Mall) -> tuple[int, int]:
    process = Path(f"/proc/{mall.gateway.pid}")
    return len(list((process / "fd").iterdir())), len(list((process / "task").iterdir()))


def usual_time(mall: Mall) -> float:
    return median(time_of(mall) for _ in range(11))


def time_of(mall: Mall) -> float:
    began = time.monotonic()
    assert mall.ask().status == 200
    return time.monotonic() - began


@pytest.mark.parametrize("name", ABUSES)
def test_it_is_answered_in_our_words_and_reaches_nobody(mall: Mall, name: str) -> None:
    raw, expected = ABUSES[name]
    reached = len(mall.notes)
    with mall.connect() as wire:
        with suppress(ConnectionError):  # it was refused before its end
            wire.sendall(raw)
        answers = read_answers(wire, len(expected))
        if answers[-1].headers.get("connection") == "close":
            assert wire.recv(1) == b""
    assert tuple(answer.status for answer in answers) == expected
    for answer in answers:
        if answer.status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json["status"] == answer.status and answer.json["request_id"]
        assert "set-cookie" not in answer.headers and "location" not in answer.headers
    assert len(mall.notes) == reached
    assert mall.ask().status == 200


@pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("name", LEFT_BEFORE_THE_END)
def test_who_leaves_before_the_end_has_asked_for_nothing(mall: Mall, name: str, is_reset: bool) -> None:
    reached = len(mall.notes)
    for _ in range(20):
        with mall.connect() as wire:
            wire.sendall(LEFT_BEFORE_THE_END[name])
            if is_reset:
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    assert mall.ask().status == 200
    assert len(mall.notes) == reached


def test_who_only_listens_after_asking_is_answered(mall: Mall) -> None:
    with mall.connect() as wire:
        wire.sendall(callback(b'"the last word"'))
        wire.shutdown(socket.SHUT_WR)
        assert read_answer(wire).status == 200
        assert wire.recv(1) == b""
    assert mall.notes[-1] == b'"the last word"'


def test_who_sends_nothing_more_is_cut_without_a_word(mall: Mall) -> None:
    with ExitStack() as stack:
        wires = [stack.enter_context(mall.connect()) for _ in range(30)]
        for wire in wires[::2]:
            wire.sendall(b"GET /healthz HTTP/1.1\r\nHo")
        assert {wire.recv(1) for wire in wires} == {b""}


def test_who_never_reads_keeps_nobody_waiting(mall: Mall) -> None:
    """Answers of many times what the buffers between us hold."""
    with ExitStack() as stack:
        for _ in range(2 * WORKERS):
            wire = stack.enter_context(mall.connect())
            wire.setblocking(False)
            with suppress(BlockingIOError):
                wire.sendall(DOCUMENT * 200)
        assert time_of(mall) < 5


def test_requests_of_who_has_gone_are_done_whole_or_not_at_all(mall: Mall) -> None:
    """Fifty at once, and nobody is there for the answers: each arrives unbroken, and in its order."""
    reached = len(mall.notes)
    with mall.connect() as wire:
        wire.sendall(b"".join(callback(b'{"n":%d}' % number) for number in range(50)))
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    assert mall.ask().status == 200
    came = [note for note in mall.notes[reached:] if note.startswith(b'{"n"')]
    assert came == [b'{"n":%d}' % number for number in range(len(came))]


def test_a_head_byte_by_byte_is_a_head(mall: Mall) -> None:
    with mall.connect() as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in HEALTH:
            wire.sendall(bytes([byte]))
        assert read_answer(wire).status == 200
