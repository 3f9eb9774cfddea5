"""A partner that hangs holds as many callers as it may, and no more; over real HTTP on this machine."""

import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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


class Files:
    """Sends ``body`` with ``status``; with ``is_cut_off`` it breaks off before the length that it has announced."""

    def __init__(self, body, status=200, is_cut_off=False):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body) + is_cut_off))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def test_a_file_is_kept_up_to_the_size_that_it_may_have():
    client, body = PartnerClient("files", PATIENCE_S), bytes(range(256)) * 8192
    with Files(body) as there:
        with client.download("GET", there.url, len(body), PATIENCE_S) as file:
            assert file.read() == body
        with pytest.raises(PartnerUnavailable, match="more than"):
            client.download("GET", there.url, len(body) - 1, PATIENCE_S)
        with pytest.raises(PartnerUnavailable, match="does not end"):
            client.download("GET", there.url, len(body), -1)


@pytest.mark.parametrize("how", [{"status": 404}, {"status": 500}, {"status": 302}, {"is_cut_off": True}])
def test_what_is_no_whole_file_is_none(how):
    with Files(b"something", **how) as there, pytest.raises(PartnerUnavailable):
        PartnerClient("files", PATIENCE_S).download("GET", there.url, 1000, PATIENCE_S)
