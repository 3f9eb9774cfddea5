"""The load generator, against a small server of threads."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from tests.load.asking import once_and_named, until_answered
from tests.load.http_driver import closed_loop, get, open_loop, post


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pause_s: ClassVar[float] = 0.0
    seen: ClassVar[list[tuple[str, str, bytes]]] = []
    connections: ClassVar[set[tuple[str, int]]] = set()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["X-Key"], body))
        self.connections.add(self.client_address)
        time.sleep(self.pause_s)
        status = self.status_of(body)
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        if status == 503:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def status_of(self, body: bytes) -> int:
        """0: it hangs up without an answer."""
        tries = sum(key == self.headers["X-Key"] for _, key, _ in self.seen)
        if body == b'"refuse"':
            return 503
        return {b'"hang up twice"': 0, b'"busy twice"': 503}.get(body, 201) if tries <= 2 else 201

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers["X-Key"], b""))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"it")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def url() -> Iterator[str]:
    Echo.seen, Echo.connections, Echo.pause_s = [], set(), 0.0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def requests(url: str, count: int, body: bytes = b'"x"') -> list[bytes]:
    return [post(url, "/v1/orders", body, {"X-Key": str(number)}) for number in range(count)]


def test_every_request_is_sent_once_over_connections_that_stay_open(url: str) -> None:
    load = closed_loop(url, requests(url, 40), 4)

    assert sorted(int(key) for _, key, _ in Echo.seen) == list(range(40))
    assert {(path, body) for path, _, body in Echo.seen} == {("/v1/orders", b'"x"')}
    assert 1 <= len(Echo.connections) <= 4
    assert [(answer.status, answer.body) for answer in load.answers] == [(201, b'"x"')] * 40
    assert load.per_second == pytest.approx(40 / load.seconds)


def test_reads_have_no_body(url: str) -> None:
    load = closed_loop(url, [get(url, "/v1/goods?limit=2", {"X-Key": "7"})] * 2, 1)

    assert Echo.seen == [("/v1/goods?limit=2", "7", b"")] * 2
    assert [(answer.status, answer.body) for answer in load.answers] == [(200, b"it")] * 2


def test_long_and_non_ascii_bodies_come_back_whole(url: str) -> None:
    body = "积分".encode() * 40_000

    (answer,) = closed_loop(url, requests(url, 1, body), 1).answers

    assert answer.body == body


def test_other_statuses_are_kept(url: str) -> None:
    load = closed_loop(url, requests(url, 2) + requests(url, 1, b'"refuse"'), 1)

    assert [answer.status for answer in load.answers] == [201, 201, 503]


def test_more_connections_than_requests_do_no_harm(url: str) -> None:
    assert len(closed_loop(url, requests(url, 3), 8).answers) == 3


def test_an_open_loop_counts_waiting_for_a_connection_as_latency(url: str) -> None:
    """One connection, 50 ms an answer, a request meant every 10 ms: the last of 10 waits for the nine before it."""
    Echo.pause_s = 0.05

    load = open_loop(url, requests(url, 10), 1, per_second=100)

    assert load.latencies_ms[0] >= 50
    assert load.latencies_ms[-1] >= 10 * 50 - 9 * 10
    assert load.latencies_ms == sorted(load.latencies_ms)


def test_an_open_loop_does_not_run_ahead_of_its_rate(url: str) -> None:
    assert open_loop(url, requests(url, 10), 4, per_second=50).seconds >= 9 / 50


def test_a_server_that_is_away_is_told(url: str) -> None:
    with pytest.raises(ConnectionRefusedError):
        closed_loop("http://127.0.0.1:9", requests(url, 3), 2)


def test_headers_and_instants_are_kept(url: str) -> None:
    load = open_loop(url, requests(url, 3, b'"refuse"'), 1, per_second=20)

    assert [answer.retry_after for answer in load.answers] == ["0"] * 3
    assert [answer.at_s for answer in load.answers] == pytest.approx([0.0, 0.05, 0.1])
    assert load.answers[2].came_s == pytest.approx(0.1 + load.answers[2].milliseconds / 1000)


def test_a_lost_connection_ends_the_load(url: str) -> None:
    with pytest.raises(ConnectionError):
        closed_loop(url, requests(url, 1, b'"hang up twice"'), 1)


def test_that_no_answer_came_can_be_an_answer(url: str) -> None:
    lost = closed_loop(url, requests(url, 1, b'"hang up twice"'), 1, once_and_named)
    refused = closed_loop("http://127.0.0.1:9", requests(url, 2), 1, once_and_named)

    assert [(answer.status, answer.body) for answer in lost.answers] == [(0, b"connection lost")]
    assert [(answer.status, answer.body) for answer in refused.answers] == [(0, b"connection refused")] * 2


@pytest.mark.parametrize("body", [b'"hang up twice"', b'"busy twice"'])
def test_who_wants_the_order_asks_again_with_the_same_key(url: str, body: bytes) -> None:
    """The latency is that of the whole wait."""
    (answer,) = closed_loop(url, requests(url, 1, body), 1, until_answered).answers

    assert (answer.status, answer.tries) == (201, 3)
    assert [key for _, key, _ in Echo.seen] == ["0"] * 3
    assert {sent for _, _, sent in Echo.seen} == {body}


def test_what_was_answered_is_not_asked_again(url: str) -> None:
    (answer,) = closed_loop(url, requests(url, 1), 1, until_answered).answers

    assert (answer.status, answer.tries) == (201, 1)
