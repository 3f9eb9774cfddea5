"""Clients that dawdle are cut; a gateway that is told to stop leaves no request unanswered."""

import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.integration.gateway.busy import SIGNED
from tests.integration.gateway.conftest import Answer, Mall, read_answer

HEAD_S, BODY_S = 5, 3  # less than by default: what is to be seen is that they end
SETTINGS = {"MALL_HTTP_HEAD_S": str(HEAD_S), "MALL_HTTP_BODY_S": str(BODY_S)}
GRACE_S = 10  # MALL_STOP_GRACE_S as it is by default
SLOW_CALLBACK = (
    f"POST /callbacks/carriers/sf HTTP/1.1\r\nHost: mall\r\n{SIGNED}Content-Length: 6\r\n\r\n".encode() + b'"slow"'
)


def trickle(wire: socket.socket, seconds: float) -> float:
    """Sends a byte now and then until the server stops it; how long that took."""
    began = time.monotonic()
    wire.settimeout(0.3)
    while time.monotonic() - began < seconds:
        try:
            wire.sendall(b"a")
            if wire.recv(1, socket.MSG_PEEK) is not None:
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began


def test_a_head_that_trickles_in_is_cut(mall: Mall) -> None:
    with mall.connect() as wire:
        wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: mall\r\nX-Slow: ")
        assert HEAD_S - 1 < trickle(wire, HEAD_S + 20) < HEAD_S + 10


def test_a_body_that_trickles_in_is_answered_408_and_reaches_nobody(mall: Mall) -> None:
    before = mall.notes
    with mall.connect() as wire:
        wire.sendall(
            f"POST /callbacks/carriers/sf HTTP/1.1\r\nHost: mall\r\n{SIGNED}Content-Length: 500\r\n\r\n".encode()
        )
        assert BODY_S - 1 < trickle(wire, BODY_S + 20) < BODY_S + 10
        wire.settimeout(5)
        answer = read_answer(wire)
    assert (answer.status, answer.json["code"]) == (408, "request.too_slow")
    assert mall.notes == before


def test_many_idle_connections_do_not_keep_others_out(mall: Mall) -> None:
    idle = [mall.connect() for _ in range(300)]
    try:
        began = time.monotonic()
        assert mall.ask().status == 200
        assert time.monotonic() - began < HEAD_S
    finally:
        for wire in idle:
            wire.close()


def test_clients_that_reset_do_no_harm(mall: Mall) -> None:
    for _ in range(50):
        wire = mall.connect()
        wire.sendall(SLOW_CALLBACK)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        wire.close()
    assert mall.ask().status == 200


class Load:
    """Clients that ask again and again, each on connections of its own, until the port is closed."""

    def __init__(self, mall: Mall, clients: int) -> None:
        self.mall, self.answers, self.failures = mall, list[Answer](), list[str]()
        self.threads = [threading.Thread(target=self._client, daemon=True) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def _client(self) -> None:
        while True:
            try:
                wire = self.mall.connect()
            except ConnectionRefusedError:
                return
            with wire, suppress(StopIteration):
                self._converse(wire)

    def _converse(self, wire: socket.socket) -> None:
        while True:
            try:
                wire.sendall(SLOW_CALLBACK)
                answer = read_answer(wire)
            except OSError as problem:
                self.failures.append(repr(problem))
                raise StopIteration from None
            self.answers.append(answer)
            if answer.headers.get("connection") == "close":
                return

    def join(self) -> None:
        for thread in self.threads:
            thread.join(30)
            assert not thread.is_alive()


@pytest.mark.parametrize("clients", [1, 40])
def test_stopping_under_load_answers_every_request(start_mall: Callable[[], Mall], clients: int) -> None:
    mall = start_mall()
    load = Load(mall, clients)
    while len(load.answers) < clients:
        time.sleep(0.05)
    mall.gateway.send_signal(signal.SIGTERM)
    load.join()
    assert mall.gateway.wait(30) == 0
    assert load.failures == []
    assert {answer.status for answer in load.answers} == {200}


def test_a_stopping_gateway_says_so_before_it_closes_the_port(start_mall: Callable[[], Mall]) -> None:
    mall = start_mall()
    mall.gateway.send_signal(signal.SIGTERM)
    seen = {}
    with suppress(OSError):
        while True:
            answer = mall.ask("/readyz")
            seen[answer.status] = answer
            time.sleep(0.05)
    assert seen[503].json["details"] == {"process": "stopping"}
    assert seen[503].headers["retry-after"] == "1"
    assert mall.gateway.wait(30) == 0


def test_idle_and_unused_connections_do_not_hold_a_stop_up(start_mall: Callable[[], Mall]) -> None:
    mall = start_mall()
    unused, idle = mall.connect(), mall.connect()
    idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: mall\r\n\r\n")
    assert read_answer(idle).status == 200
    began = time.monotonic()
    mall.gateway.send_signal(signal.SIGTERM)
    assert mall.gateway.wait(30) == 0
    assert time.monotonic() - began < GRACE_S, "it was killed, not done"
    unused.close()
    idle.close()
