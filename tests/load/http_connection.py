"""One client's connection: kept alive between requests, opened anew when it is idle for long, was closed or is lost."""

import socket
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_S = 30.0
LONGEST_IDLE_S = 5.0
"""Servers hang up on who says nothing for long (ours after 15 s): a request sent into that moment would be lost."""
LARGEST_READ = 65_536
END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True)
class Reply:
    """``head``: the status line and the headers as they came."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """Empty if there is none."""
        wanted = name.lower().encode()
        for line in self.head.split(b"\r\n")[1:]:
            found, _, value = line.partition(b":")
            if found.lower() == wanted:
                return value.strip().decode("latin-1")
        return ""


class Connection:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = parts.hostname or "", parts.port or 80
        self._socket: socket.socket | None = None
        self._used_at = 0.0

    def open(self) -> None:
        self._socket = socket.create_connection(self._address, TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._used_at = time.monotonic()

    def send(self, request: bytes) -> Reply:
        """All servers measured answer with a Content-Length; anything else is an error here."""
        if self._socket is None or time.monotonic() - self._used_at > LONGEST_IDLE_S:
            self.close()
            self.open()
        try:
            reply = self._exchange(request)
        except BaseException:
            self.close()  # what still comes on it would be taken for the next answer
            raise
        self._used_at = time.monotonic()
        if reply.header("Connection").lower() == "close":
            self.close()
        return reply

    def _exchange(self, request: bytes) -> Reply:
        assert self._socket
        self._socket.sendall(request)
        received = b""
        while END_OF_HEAD not in received:
            received += self._read()
        head, _, body = received.partition(END_OF_HEAD)
        length = _content_length(head)
        while len(body) < length:
            body += self._read()
        return Reply(int(head[9:12]), head, body)

    def _read(self) -> bytes:
        assert self._socket
        part = self._socket.recv(LARGEST_READ)
        if not part:
            raise ConnectionError("the server closed a connection in the middle of an answer")
        return part

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ConnectionError("an answer without a Content-Length")
