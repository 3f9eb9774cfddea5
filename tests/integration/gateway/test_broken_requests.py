"""Requests that no honest client sends: each is refused with a problem, none ends the process or has an effect."""

import pytest

from services.chassis.http_reading import LARGEST_BODY
from tests.integration.gateway.busy import SIGNED
from tests.integration.gateway.conftest import Mall, read_answer

CALLBACK = "POST /callbacks/carriers/sf HTTP/1.1\r\nHost: mall\r\n"

BROKEN_HEADS = {
    "method in small letters": b"get /healthz HTTP/1.1\r\nHost: mall\r\n\r\n",
    "no version": b"GET /healthz\r\n\r\n",
    "http/2": b"GET /healthz HTTP/2.0\r\nHost: mall\r\n\r\n",
    "nonsense": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
    "blank first line": b"\r\n\r\n",
    "space in target": b"GET /health z HTTP/1.1\r\nHost: mall\r\n\r\n",
    "raw bytes in target": b"GET /\xe5\x95\x86 HTTP/1.1\r\nHost: mall\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\nHost: mall\r\nHost: evil\r\n\r\n",
    "odd host": b"GET /healthz HTTP/1.1\r\nHost: mall/../evil\r\n\r\n",
    "line without a colon": b"GET /healthz HTTP/1.1\r\nHost: mall\r\nnonsense\r\n\r\n",
    "space before the colon": b"GET /healthz HTTP/1.1\r\nHost: mall\r\nTransfer-Encoding : chunked\r\n\r\n",
    "folded header": b"GET /healthz HTTP/1.1\r\nHost: mall\r\nA: b\r\n c\r\n\r\n",
    "bare CR in a header": b"GET /healthz HTTP/1.1\r\nHost: mall\r\nA: b\rContent-Length: 5\r\n\r\n",
    "NUL in a header": b"GET /healthz HTTP/1.1\r\nHost: mall\r\nA: \x00\r\n\r\n",
    "long header line": b"GET /healthz HTTP/1.1\r\nHost: mall\r\nA: " + b"b" * 9000 + b"\r\n\r\n",
    "many header bytes": b"GET /healthz HTTP/1.1\r\nHost: mall\r\n" + b"A: %b\r\n" % (b"b" * 4000) * 20 + b"\r\n",
    "many header lines": b"GET /healthz HTTP/1.1\r\nHost: mall\r\n" + b"A: b\r\n" * 150 + b"\r\n",
    "long URL": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: mall\r\n\r\n",
}
STATUS_OF_HEAD = {"http/2": 505, "long header line": 431, "many header bytes": 431, "many header lines": 431}
STATUS_OF_HEAD["long URL"] = 414

FRAMINGS = {
    "length and chunks": ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "two equal lengths": ("Content-Length: 5\r\nContent-Length: 5\r\n", b"hello"),
    "two lengths": ("Content-Length: 5\r\nContent-Length: 6\r\n", b"hello!"),
    "list of lengths": ("Content-Length: 5, 5\r\n", b"hello"),
    "negative length": ("Content-Length: -1\r\n", b""),
    "signed length": ("Content-Length: +5\r\n", b"hello"),
    "length with underscore": ("Content-Length: 1_0\r\n", b"0123456789"),
    "unknown coding": ("Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"),
    "two codings": ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "chunk size is no number": ("Transfer-Encoding: chunked\r\n", b"zz\r\nhello\r\n0\r\n\r\n"),
    "chunk size with prefix": ("Transfer-Encoding: chunked\r\n", b"0x5\r\nhello\r\n0\r\n\r\n"),
    "negative chunk": ("Transfer-Encoding: chunked\r\n", b"-5\r\nhello\r\n0\r\n\r\n"),
    "chunk longer than said": ("Transfer-Encoding: chunked\r\n", b"3\r\nhello\r\n0\r\n\r\n"),
    "endless chunk line": ("Transfer-Encoding: chunked\r\n", b"1" * 100_000),
    "bare LF after a chunk size": ("Transfer-Encoding: chunked\r\n", b"5\nhello\r\n0\r\n\r\n"),
    "broken trailer": ("Transfer-Encoding: chunked\r\n", b"0\r\nno colon\r\n\r\n"),
}


@pytest.mark.parametrize("name", BROKEN_HEADS)
def test_a_broken_head_is_refused_with_a_problem(mall: Mall, name: str) -> None:
    answer = mall.send(BROKEN_HEADS[name])
    assert answer.status == STATUS_OF_HEAD.get(name, 400)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    assert {"code", "title", "status", "request_id", "type"} == set(answer.json)
    assert answer.json["status"] == answer.status
    assert mall.ask().status == 200


@pytest.mark.parametrize("name", FRAMINGS)
def test_an_ambiguous_body_is_refused_and_reaches_nobody(mall: Mall, name: str) -> None:
    framing, body = FRAMINGS[name]
    before = mall.notes
    answer = mall.send((CALLBACK + SIGNED + framing + "\r\n").encode() + body)
    assert (answer.status, answer.json["code"]) == (400, "request.malformed")
    assert mall.notes == before


def test_a_body_that_ends_early_reaches_nobody(mall: Mall) -> None:
    before = mall.notes
    for raw in (
        (CALLBACK + SIGNED + "Content-Length: 10\r\n\r\n").encode() + b'{"a":',
        (CALLBACK + SIGNED + "Transfer-Encoding: chunked\r\n\r\n").encode() + b'5\r\n{"a":\r\n',
    ):
        with mall.connect() as wire:
            wire.sendall(raw)
            wire.shutdown(1)
            assert read_answer(wire).status == 400
    assert mall.notes == before


def test_a_whole_chunked_body_arrives_unchanged(mall: Mall) -> None:
    body = '{"parcel": "运单"}'.encode()
    chunks = b"".join(b"%x;ext=1\r\n%b\r\n" % (1, bytes([byte])) for byte in body) + b"0\r\nTrailer: x\r\n\r\n"
    answer = mall.send((CALLBACK + SIGNED + "Transfer-Encoding: chunked\r\n\r\n").encode() + chunks)
    assert (answer.status, answer.json) == (200, {"outcome": "applied"})
    assert mall.notes[-1] == body


def test_the_largest_body_is_taken_and_one_byte_more_is_not(mall: Mall) -> None:
    as_json = "Content-Type: application/json\r\nIdempotency-Key: k\r\n"
    head = f"POST /v1/sign-in-codes HTTP/1.1\r\nHost: mall\r\n{as_json}Content-Length: %d\r\n\r\n"
    fitting = b'{"phone": "%b"}' % (b"1" * (LARGEST_BODY - 13))
    assert len(fitting) == LARGEST_BODY
    assert mall.send((head % LARGEST_BODY).encode() + fitting).status == 422
    over = mall.send((head % (LARGEST_BODY + 1)).encode() + fitting + b" ")
    assert (over.status, over.json["code"]) == (413, "request.too_large")


def test_an_oversized_body_is_not_read_to_its_end(mall: Mall) -> None:
    answer = mall.send((CALLBACK + SIGNED + "Content-Length: 100000000000\r\n\r\n").encode() + b"x" * 1000)
    assert answer.status == 413
    with mall.connect() as wire:
        wire.sendall((CALLBACK + SIGNED + "Transfer-Encoding: chunked\r\n\r\n").encode())
        for _ in range(LARGEST_BODY // 0x4000 + 1):
            wire.sendall(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
        assert read_answer(wire).status == 413


def test_a_client_that_expects_100_gets_it_or_the_refusal_at_once(mall: Mall) -> None:
    with mall.connect() as wire:
        wire.sendall((CALLBACK + SIGNED + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n").encode())
        assert wire.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.sendall(b"{}")
        assert read_answer(wire).status == 200
    with mall.connect() as wire:
        wire.sendall((CALLBACK + SIGNED + "Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n").encode())
        assert read_answer(wire).status == 413


def test_a_second_request_on_the_connection_is_not_confused_by_the_first(mall: Mall) -> None:
    with mall.connect() as wire:
        for number in range(3):
            body = b'{"n":%d}' % number
            wire.sendall((CALLBACK + SIGNED + f"Content-Length: {len(body)}\r\n\r\n").encode() + body)
            assert read_answer(wire).status == 200
            assert mall.notes[-1] == body


def test_two_requests_sent_at_once_are_answered_in_order(mall: Mall) -> None:
    with mall.connect() as wire:
        wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: mall\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: mall\r\n\r\n")
        data = b""
        while b"route.unknown" not in data:
            data += wire.recv(65_536)
    assert data.index(b"200 OK") < data.index(b"404")


def test_early_problems_speak_the_readers_language(mall: Mall) -> None:
    english = mall.send(b"GET /healthz HTTP/1.1\r\nAccept-Language: en-GB\r\n\r\n").json["title"]
    chinese = mall.send(b"GET /healthz HTTP/1.1\r\n\r\n").json["title"]
    assert (english, chinese) == ("The request could not be read", "无法读取请求")


@pytest.mark.parametrize(
    "path", ["/v1/goods/%zz", "/v1/goods/%", "/v1/goods/%00", "/v1/goods/..%2f..", "//evil.example"]
)
def test_paths_that_name_nothing_are_404(mall: Mall, path: str) -> None:
    answer = mall.ask(path)
    assert (answer.status, answer.json["code"]) == (404, "route.unknown")
    assert "location" not in answer.headers


@pytest.mark.parametrize("query", ["words=%ff", "words=%e5%95", "words=%", "words=%zz", "words=%ed%a0%80"])
def test_a_query_that_is_not_utf8_is_400(mall: Mall, query: str) -> None:
    answer = mall.ask(f"/v1/goods?{query}")
    assert (answer.status, answer.json["code"]) == (400, "request.malformed")


@pytest.mark.parametrize("method", ["BREW", "TRACE", "PROPFIND", "DELETE"])
def test_an_unknown_method_is_405_and_says_which_are_allowed(mall: Mall, method: str) -> None:
    answer = mall.ask("/v1/goods", method=method)
    assert answer.status == 405
    assert sorted(answer.headers["allow"].split(", ")) == ["GET", "HEAD", "OPTIONS"]


@pytest.mark.parametrize("target", ["*", "mall:80", "http://mall/healthz"])
def test_targets_that_are_no_path_do_no_harm(mall: Mall, target: str) -> None:
    assert mall.ask(target, method="OPTIONS").status in (200, 404)
    assert mall.ask(target, method="CONNECT").status in (404, 405)


def test_head_answers_as_get_without_a_body(mall: Mall) -> None:
    with mall.connect() as wire:
        wire.sendall(b"HEAD /openapi.json HTTP/1.1\r\nHost: mall\r\nConnection: close\r\n\r\n")
        data = b""
        while chunk := wire.recv(65_536):
            data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200") and body == b""
