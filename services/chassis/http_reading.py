"""Reading one HTTP/1.1 request off the wire, strictly: what two readers could take differently is refused.

Works on any binary stream with ``read`` and ``readline``; knows no socket.
"""

import re
from collections.abc import Sequence
from typing import IO

LARGEST_BODY = 128 * 1024
LONGEST_REQUEST_LINE = 8192
LONGEST_HEADER_LINE = 8192
MOST_HEADER_BYTES = 32 * 1024
LONGEST_CHUNK_LINE = 256

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
REQUEST_LINE = re.compile(rb"[A-Z-]{1,20} [!-~]+ HTTP/(\d)\.(\d)\r?\n")
HEADER_LINE = re.compile(rb"%s:[\t\x20-\x7e\x80-\xff]*\r?\n" % _TOKEN)
CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?\r\n")
LENGTH = re.compile(r"[0-9]{1,15}")
HOST = re.compile(r"[A-Za-z0-9._~:\[\]-]{0,255}")
END_OF_HEAD = (b"\r\n", b"\n")


class HttpProblem(Exception):
    """Why a request is not served: an HTTP status and a stable code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


def malformed() -> HttpProblem:
    return HttpProblem(400, "request.malformed")


def too_large() -> HttpProblem:
    return HttpProblem(413, "request.too_large")


def check_request_line(line: bytes) -> None:
    """Method, target and version of plain ASCII, one space between them."""
    if len(line) >= LONGEST_REQUEST_LINE:
        raise HttpProblem(414, "request.url_too_long")
    found = REQUEST_LINE.fullmatch(line)
    if not found:
        raise malformed()
    if found.groups() not in ((b"1", b"0"), (b"1", b"1")):
        raise HttpProblem(505, "request.http_version")


class HeaderReader:
    """The lines of a head, each checked: no folding, no stray CR or NUL, no space before the colon, bounded."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.size = source, 0

    def readline(self, _size: int = -1) -> bytes:
        line = self.source.readline(LONGEST_HEADER_LINE)
        self.size += len(line)
        if len(line) >= LONGEST_HEADER_LINE or self.size > MOST_HEADER_BYTES:
            raise HttpProblem(431, "request.headers_too_large")
        if line not in END_OF_HEAD and not HEADER_LINE.fullmatch(line):
            raise malformed()
        return line


def body_length(lengths: Sequence[str], codings: Sequence[str], version: str) -> int | None:
    """How long the body is; None: it comes in chunks. Two statements of the length are one too many."""
    if len(lengths) + len(codings) > 1:
        raise malformed()
    if codings:
        if codings[0].strip().lower() != "chunked" or version != "HTTP/1.1":
            raise malformed()
        return None
    length = lengths[0].strip() if lengths else "0"
    if not LENGTH.fullmatch(length):
        raise malformed()
    if int(length) > LARGEST_BODY:
        raise too_large()
    return int(length)


def check_host(hosts: Sequence[str], version: str) -> None:
    if len(hosts) > 1 or (not hosts and version == "HTTP/1.1"):
        raise malformed()
    if hosts and not HOST.fullmatch(hosts[0].strip()):
        raise malformed()


def read_exactly(source: IO[bytes], size: int) -> bytes:
    """``size`` bytes; a client that leaves before the end has sent no request."""
    data = source.read(size) if size else b""
    if len(data) < size:
        raise malformed()
    return data


def read_chunked(source: IO[bytes]) -> bytes:
    """A chunked body, put together; trailers are read and dropped."""
    body = bytearray()
    while size := _chunk_size(source):
        if len(body) + size > LARGEST_BODY:
            raise too_large()
        body += read_exactly(source, size)
        if source.read(2) != b"\r\n":
            raise malformed()
    trailers = HeaderReader(source)
    while trailers.readline() not in END_OF_HEAD:
        pass
    return bytes(body)


def _chunk_size(source: IO[bytes]) -> int:
    found = CHUNK_LINE.fullmatch(source.readline(LONGEST_CHUNK_LINE))
    if not found:
        raise malformed()
    return int(found[1], 16)
