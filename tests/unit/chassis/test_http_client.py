"""A partner that hangs holds as many callers as it may, and no more; over real HTTP on this machine."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from services.chassis.http_client import PartnerClient, PartnerUnavailable

PATIENCE_S = 20
AT_ONCE = 2


class Partner:
    """Answers when it is let go."""

    def __init__(self):
        self.arrived, self.let_go = threading.Semaphore(0), threading.Event()
        partner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                partner.arrived.release()
                partner.let_go.wait(PATIENCE_S)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


@pytest.fixture
def partner():
    made = Partner()
    yield made
    made.let_go.set()
    made.server.shutdown()
    made.server.server_close()


def test_who_does_not_wait_for_a_place_is_told_at_once(partner):
    client = PartnerClient("hanging", PATIENCE_S, pool_size=AT_ONCE, patience_s=0)
    with ThreadPoolExecutor(AT_ONCE) as callers:
        under_way = [callers.submit(client.request, "GET", partner.url) for _ in range(AT_ONCE)]
        for _ in under_way:
            assert partner.arrived.acquire(timeout=PATIENCE_S)
        for _ in range(client.breaker.threshold + 1):
            with pytest.raises(PartnerUnavailable, match="as many calls as it may have"):
                client.request("GET", partner.url)
        partner.let_go.set()
        assert [call.result().status_code for call in under_way] == [200, 200]
    assert client.request("GET", partner.url).status_code == 200  # the places are free, the breaker never opened


def test_who_waits_for_a_place_gets_it(partner):
    client = PartnerClient("hanging", PATIENCE_S, pool_size=1, patience_s=0)
    with ThreadPoolExecutor(2) as callers:
        first = callers.submit(client.request, "GET", partner.url)
        assert partner.arrived.acquire(timeout=PATIENCE_S)
        second = callers.submit(client.request, "GET", partner.url, patience_s=PATIENCE_S)
        partner.let_go.set()
        assert [first.result().status_code, second.result().status_code] == [200, 200]


def test_a_call_that_failed_gives_its_place_back(partner):
    client = PartnerClient("away", 0.5, pool_size=1, patience_s=0)
    for _ in range(2):
        with pytest.raises(PartnerUnavailable, match="away: "):
            client.request("GET", "http://127.0.0.1:1/")
    partner.let_go.set()
    assert client.request("GET", partner.url).status_code == 200


@contextmanager
def serving(handler):
    """The address at which it answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def a_file(body, status=200, is_cut_off=False):
    """Sends ``body`` with ``status``; with ``is_cut_off`` it breaks off before the length that it has announced."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) + is_cut_off))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return serving(Handler)


def test_a_file_is_kept_up_to_the_size_that_it_may_have():
    client, body = PartnerClient("files", PATIENCE_S), bytes(range(256)) * 8192
    with a_file(body) as there:
        with client.download("GET", there, len(body), PATIENCE_S) as file:
            assert file.read() == body
        with pytest.raises(PartnerUnavailable, match="more than"):
            client.download("GET", there, len(body) - 1, PATIENCE_S)
        with pytest.raises(PartnerUnavailable, match="not done within"):
            client.download("GET", there, len(body), -1)


@pytest.mark.parametrize("how", [{"status": 404}, {"status": 500}, {"status": 302}, {"is_cut_off": True}])
def test_what_is_no_whole_file_is_none(how):
    with a_file(b"something", **how) as there, pytest.raises(PartnerUnavailable):
        PartnerClient("files", PATIENCE_S).download("GET", there, 1000, PATIENCE_S)


def open_descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


def test_calls_one_after_the_other_go_over_one_connection_and_leave_nothing_behind():
    came_from = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            came_from.append(self.client_address)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with serving(Handler) as url:
        client = PartnerClient("fine", PATIENCE_S)
        assert client.request("POST", url, data=b"0").content == b"0"
        descriptors = open_descriptors()
        assert [client.request("POST", url, data=b"%d" % number).content for number in range(1, 20)] == [
            b"%d" % number for number in range(1, 20)
        ]
        assert len(set(came_from)) == 1
        assert open_descriptors() <= descriptors


def test_who_is_not_there_or_rests_was_sent_nothing():
    away, outcomes = PartnerClient("away", 0.5), []
    for _ in range(away.breaker.threshold + 1):
        with pytest.raises(PartnerUnavailable) as problem:
            away.request("GET", "http://127.0.0.1:1/")
        outcomes.append((problem.value.was_sent, "resting" in str(problem.value)))
    assert outcomes == [(False, False)] * away.breaker.threshold + [(False, True)]


def test_where_no_place_is_left_nothing_was_sent(partner):
    client = PartnerClient("hanging", PATIENCE_S, pool_size=1, patience_s=0)
    with ThreadPoolExecutor(1) as callers:
        first = callers.submit(client.request, "GET", partner.url)
        assert partner.arrived.acquire(timeout=PATIENCE_S)
        with pytest.raises(PartnerUnavailable) as problem:
            client.request("GET", partner.url)
        partner.let_go.set()
        assert (problem.value.was_sent, first.result().status_code) == (False, 200)


def test_what_a_partner_failed_at_was_sent():
    with a_file(b"", status=503) as there, pytest.raises(PartnerUnavailable) as problem:
        PartnerClient("failing", PATIENCE_S).request("GET", there)
    assert problem.value.was_sent
