"""Calls of partners end in time and within a size, whatever the partner sends; over real sockets.

Whatever trickles here would be whole and good after ten seconds and more: who waited for it would have been answered.
"""

import socket
from contextlib import ExitStack, contextmanager

import pytest

from services.chassis.http_client import CHUNK, LARGEST_ANSWER, PartnerClient, PartnerUnavailable
from tests.support.trickling import HELLO, trickling

SOON_S = 0.5
PATIENCE_S = 20
ENDS = b"\r\n\r\n"
MANY = 1000
HEAD = b"HTTP/1.1 200 OK\r\n"
IN_CHUNKS = HEAD + b"Transfer-Encoding: chunked" + ENDS
WITH_LENGTH = HEAD + b"Content-Length: %d" % MANY + ENDS
UNTIL_IT_CLOSES = HEAD + b"Connection: close" + ENDS
SLOW = {
    "status line": (b"", HEAD + b"X-Long: " + b"x" * MANY + b"\r\nContent-Length: 0" + ENDS),
    "headers": (HEAD, b"X-Long: " + b"x" * MANY + b"\r\nContent-Length: 0" + ENDS),
    "not yet": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 40 + HEAD + b"Content-Length: 0" + ENDS),
    "body with its length": (WITH_LENGTH, b"x" * MANY),
    "body in chunks": (IN_CHUNKS, b"1\r\nx\r\n" * (MANY // 6) + b"0\r\n\r\n"),
    "length of a chunk": (IN_CHUNKS, b"1;" + b"x" * MANY + b"\r\nx\r\n0\r\n\r\n"),
    "body that ends with the connection": (UNTIL_IT_CLOSES, b"x" * MANY),
}


@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW)
def test_an_answer_that_trickles_is_given_up(slow):
    client = PartnerClient("slow", SOON_S, pool_size=1, patience_s=0)
    with trickling(*slow) as partner:
        with pytest.raises(PartnerUnavailable, match=r"slow: not done within 0\.5 s") as problem:
            client.request("GET", f"http://{partner.address}/")
        assert partner.was_left.wait(PATIENCE_S)
    assert (problem.value.was_sent, client.breaker.failures) == (True, 1)


@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW)
def test_a_file_that_trickles_is_given_up(slow):
    client = PartnerClient("slow", PATIENCE_S, pool_size=1, patience_s=0)
    with trickling(*slow) as partner:
        with pytest.raises(PartnerUnavailable, match=r"slow: not done within 0\.5 s"):
            client.download("GET", f"http://{partner.address}/", 10 * MANY, SOON_S)
        assert partner.was_left.wait(PATIENCE_S)


def test_a_connection_that_is_never_secured_is_given_up_before_anything_was_sent():
    client = PartnerClient("slow", SOON_S, pool_size=1, patience_s=0)
    with trickling(b"", HELLO + bytes(MANY)) as partner:
        with pytest.raises(PartnerUnavailable) as problem:
            client.request("POST", f"https://{partner.address}/", data=b"something")
        assert partner.was_left.wait(PATIENCE_S)
    assert not problem.value.was_sent


def test_a_call_that_was_given_up_leaves_the_next_one_alone():
    client = PartnerClient("slow once", SOON_S, pool_size=1, patience_s=0)
    with trickling(WITH_LENGTH, b"x" * MANY) as slow, trickling(WITH_LENGTH + b"y" * MANY, b"") as fast:
        for _ in range(3):
            with pytest.raises(PartnerUnavailable):
                client.request("GET", f"http://{slow.address}/")
            assert client.request("GET", f"http://{fast.address}/").content == b"y" * MANY


@pytest.mark.parametrize(
    "head", [HEAD, b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n", b"HTTP/1.1 404 Not Found\r\n"]
)
@pytest.mark.parametrize("end", [b"Connection: close", b"Content-Length: 1000000000"], ids=["no length", "a length"])
def test_an_answer_that_is_too_large_is_not_read_to_its_end(head, end):
    """The partner would go on for a long time after what is too much."""
    client = PartnerClient("endless", PATIENCE_S, pool_size=1, patience_s=0)
    with trickling(head + end + ENDS + bytes(LARGEST_ANSWER + CHUNK), b"x" * MANY) as partner:
        with pytest.raises(PartnerUnavailable, match="more than 1048576 bytes"):
            client.request("GET", f"http://{partner.address}/")
        assert partner.was_left.wait(PATIENCE_S)
    assert client.breaker.failures == 1


def test_an_answer_may_be_as_large_as_it_may_be():
    whole = HEAD + b"X-Kind: large\r\nContent-Length: %d" % LARGEST_ANSWER + ENDS + bytes(LARGEST_ANSWER)
    with trickling(whole, b"") as partner:
        answer = PartnerClient("large", PATIENCE_S).request("GET", f"http://{partner.address}/")
    assert (answer.status_code, answer.headers["x-kind"], answer.content) == (200, "large", bytes(LARGEST_ANSWER))


@contextmanager
def deaf_at(host, port):
    """Somebody who listens and takes no connection: the queue is as full as it can be."""
    with ExitStack() as opened:
        listening = opened.enter_context(socket.socket())
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(0)
        address = listening.getsockname()
        while fits_into_queue(opened.enter_context(socket.socket()), address):
            pass
        yield address[1]


def fits_into_queue(sock, address):
    sock.settimeout(0.2)
    try:
        sock.connect(address)
    except TimeoutError:
        return False
    return True


def at_addresses(monkeypatch, *hosts):
    """``partner.test`` has these addresses."""
    known = socket.getaddrinfo

    def found(host, port, *more, **options):
        names = hosts if host == "partner.test" else [host]
        return [entry for name in names for entry in known(name, port, *more, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_an_address_that_is_dead_leaves_time_for_the_next(monkeypatch):
    at_addresses(monkeypatch, "127.0.0.2", "127.0.0.1")
    with trickling(HEAD + b"Content-Length: 2" + ENDS + b"ok", b"") as partner:
        port = int(partner.address.rpartition(":")[2])
        with deaf_at("127.0.0.2", port):
            answer = PartnerClient("half dead", 2 * SOON_S).request("GET", f"http://partner.test:{port}/")
    assert answer.content == b"ok"


def test_what_nobody_takes_was_not_sent(monkeypatch):
    at_addresses(monkeypatch, "127.0.0.2", "127.0.0.3")
    with deaf_at("127.0.0.2", 0) as port, deaf_at("127.0.0.3", port), pytest.raises(PartnerUnavailable) as problem:
        PartnerClient("dead", SOON_S).request("POST", f"http://partner.test:{port}/", data=b"something")
    assert not problem.value.was_sent
