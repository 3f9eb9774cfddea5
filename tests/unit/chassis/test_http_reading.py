"""Reading requests off the wire: whole and with one meaning, or not at all."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.http_reading import (
    LARGEST_BODY,
    LONGEST_HEADER_LINE,
    HeaderReader,
    HttpProblem,
    body_length,
    check_host,
    check_request_line,
    read_chunked,
    read_exactly,
)


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def status_of(attempt: object, *arguments: object) -> int:
    with pytest.raises(HttpProblem) as refused:
        attempt(*arguments)  # type: ignore[operator]
    return refused.value.status


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=20), st.binary(max_size=50))
def test_chunks_are_put_together_and_nothing_after_them_is_taken(parts: list[bytes], next_request: bytes) -> None:
    stream = io.BytesIO(chunked(*parts) + next_request)
    assert read_chunked(stream) == b"".join(parts)
    assert stream.read() == next_request


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=5), st.data())
def test_a_chunked_body_that_ends_early_is_never_a_body(parts: list[bytes], data: st.DataObject) -> None:
    whole = chunked(*parts)
    end = data.draw(st.integers(0, len(whole) - 1))
    assert status_of(read_chunked, io.BytesIO(whole[:end])) == 400


@given(st.binary(max_size=200))
def test_any_bytes_are_a_chunked_body_or_refused(noise: bytes) -> None:
    try:
        assert isinstance(read_chunked(io.BytesIO(noise)), bytes)
    except HttpProblem as problem:
        assert problem.status in (400, 413, 431)


@pytest.mark.parametrize("size", [b"", b"g", b"0x5", b"+5", b"-5", b" 5", b"5_0", b"5\x00", b"123456789", b"5 5"])
def test_a_chunk_size_is_hexadecimal_and_nothing_else(size: bytes) -> None:
    assert status_of(read_chunked, io.BytesIO(size + b"\r\nhello\r\n0\r\n\r\n")) == 400


@pytest.mark.parametrize("body", [b"3\r\nhello\r\n0\r\n\r\n", b"5\r\nhelloX\n0\r\n\r\n", b"5\r\nhello0\r\n\r\n"])
def test_a_chunk_ends_where_it_says(body: bytes) -> None:
    assert status_of(read_chunked, io.BytesIO(body)) == 400


def test_chunks_may_name_extensions_and_trailers_which_are_dropped() -> None:
    body = b'5;name="value"\r\nhello\r\n0;last\r\nX-Sum: 1\r\n\r\n'
    assert read_chunked(io.BytesIO(body)) == b"hello"


def test_a_chunked_body_is_bounded_however_it_is_cut() -> None:
    largest = chunked(*[b"x" * 1024] * (LARGEST_BODY // 1024))
    assert len(read_chunked(io.BytesIO(largest))) == LARGEST_BODY
    assert status_of(read_chunked, io.BytesIO(chunked(b"x" * LARGEST_BODY, b"x"))) == 413
    assert status_of(read_chunked, io.BytesIO(b"ffffffff\r\n")) == 413
    trailers = b"0\r\n" + b"A: b\r\n" * 10_000
    assert status_of(read_chunked, io.BytesIO(trailers)) == 431


@pytest.mark.parametrize(
    ("lengths", "codings", "version", "length"),
    [
        ([], [], "HTTP/1.1", 0),
        (["0"], [], "HTTP/1.0", 0),
        ([" 12 "], [], "HTTP/1.1", 12),
        ([str(LARGEST_BODY)], [], "HTTP/1.1", LARGEST_BODY),
        ([], ["chunked"], "HTTP/1.1", None),
        ([], [" Chunked "], "HTTP/1.1", None),
    ],
)
def test_a_body_has_one_stated_length(lengths: list, codings: list, version: str, length: int | None) -> None:
    assert body_length(lengths, codings, version) == length


@pytest.mark.parametrize(
    ("lengths", "codings", "version", "status"),
    [
        (["1"], ["chunked"], "HTTP/1.1", 400),
        (["1", "1"], [], "HTTP/1.1", 400),
        ([], ["chunked", "chunked"], "HTTP/1.1", 400),
        ([], ["gzip"], "HTTP/1.1", 400),
        ([], ["chunked, gzip"], "HTTP/1.1", 400),
        ([], ["chunked"], "HTTP/1.0", 400),
        ([""], [], "HTTP/1.1", 400),
        (["1, 1"], [], "HTTP/1.1", 400),
        (["١"], [], "HTTP/1.1", 400),
        (["9" * 16], [], "HTTP/1.1", 400),
        (["9" * 15], [], "HTTP/1.1", 413),
        ([str(LARGEST_BODY + 1)], [], "HTTP/1.1", 413),
    ],
)
def test_every_other_statement_is_refused(lengths: list, codings: list, version: str, status: int) -> None:
    assert status_of(body_length, lengths, codings, version) == status


def test_a_body_shorter_than_stated_is_refused() -> None:
    assert read_exactly(io.BytesIO(b"hello"), 5) == b"hello"
    assert read_exactly(io.BytesIO(b"hello"), 0) == b""
    assert status_of(read_exactly, io.BytesIO(b"hell"), 5) == 400


@pytest.mark.parametrize("line", [b"GET / HTTP/1.1\r\n", b"PROPFIND /%E5?a=b HTTP/1.0\n", b"OPTIONS * HTTP/1.1\r\n"])
def test_request_lines_of_plain_ascii_are_taken(line: bytes) -> None:
    check_request_line(line)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /\r\n", 400),
        (b"GET  / HTTP/1.1\r\n", 400),
        (b" GET / HTTP/1.1\r\n", 400),
        (b"get / HTTP/1.1\r\n", 400),
        (b"GET / HTTP/1.1 \r\n", 400),
        (b"GET / HTTP/1.1", 400),
        (b"GET /\xff HTTP/1.1\r\n", 400),
        (b"GET / http/1.1\r\n", 400),
        (b"GET / HTTP/2.0\r\n", 505),
        (b"GET / HTTP/1.2\r\n", 505),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n", 414),
    ],
)
def test_other_request_lines_are_refused(line: bytes, status: int) -> None:
    assert status_of(check_request_line, line) == status


@pytest.mark.parametrize(
    "line",
    [b"A : b\r\n", b": b\r\n", b" A: b\r\n", b"A\r\n", b"A: b\rC: d\r\n", b"A: \x00\r\n", b"A: \x1b\r\n", b"", b"A: b"],
)
def test_header_lines_that_readers_could_take_differently_are_refused(line: bytes) -> None:
    assert status_of(HeaderReader(io.BytesIO(line)).readline) == 400


@pytest.mark.parametrize("line", [b"A:\r\n", b"A: \xe5\x95\x86\n", b"x-y_z!: \t b \r\n", b"\r\n", b"\n"])
def test_other_header_lines_are_taken(line: bytes) -> None:
    assert HeaderReader(io.BytesIO(line)).readline() == line


def test_heads_are_bounded_by_line_and_in_all() -> None:
    assert status_of(HeaderReader(io.BytesIO(b"A: " + b"b" * LONGEST_HEADER_LINE)).readline) == 431
    reader = HeaderReader(io.BytesIO(b"A: b\r\n" * 100_000))
    with pytest.raises(HttpProblem) as refused:
        while True:
            reader.readline()
    assert refused.value.status == 431


@pytest.mark.parametrize(
    ("hosts", "version"), [(["mall"], "HTTP/1.1"), (["[::1]:80"], "HTTP/1.1"), ([], "HTTP/1.0"), ([""], "HTTP/1.1")]
)
def test_one_host_is_enough(hosts: list[str], version: str) -> None:
    check_host(hosts, version)


@pytest.mark.parametrize(
    ("hosts", "version"),
    [
        ([], "HTTP/1.1"),
        (["a", "a"], "HTTP/1.0"),
        (["a/b"], "HTTP/1.1"),
        (["a b"], "HTTP/1.1"),
        (["a" * 256], "HTTP/1.1"),
    ],
)
def test_no_host_two_hosts_or_odd_ones_are_refused(hosts: list[str], version: str) -> None:
    assert status_of(check_host, hosts, version) == 400
