"""One HTTP connection: a request is handed on only when it is there as a whole, and slow clients are cut.

The stock protocol hands a broken chunked body on as an empty one, reads chunk lines without a bound, waits for ever
for a head that trickles in, and answers refusals without a body.
"""

import contextlib
import io
import socket
from typing import Any

import eventlet
from eventlet.wsgi import STATE_REQUEST, Input
from nameko.web.server import HttpOnlyProtocol
from werkzeug.wrappers import Response

from services.chassis.http_reading import (
    HeaderReader,
    HttpProblem,
    body_length,
    check_host,
    check_request_line,
    read_chunked,
    read_exactly,
)

EXCHANGE_S = 60.0  # the answer must have been taken by then
LINGER_S = 1.0


def whole_answer(response: Response) -> bytes:
    """The last answer on a connection, as it goes over the wire."""
    response.headers.update({"Connection": "close", "Content-Length": str(len(response.get_data()))})
    head = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
    return f"HTTP/1.1 {response.status}\r\n{head}\r\n".encode("latin-1") + response.get_data()


class HeadTooSlow(Exception):
    """Nothing, or only part of a head, came in time: the connection is closed without a word."""


class StrictProtocol(HttpOnlyProtocol):
    """``self.server.front`` is the HttpServer: it says how patient we are and whether we are draining, and
    words problems."""

    rfile: Any  # the socket's stream, and while the head is read its checking reader

    def handle_one_request(self) -> None:
        try:
            with eventlet.Timeout(self.server.front.settings.http_head_s, HeadTooSlow()):
                if not self._receive_head():
                    self.close_connection = True
                    return
            self._respond(self._receive_body())
        except HeadTooSlow:
            self.close_connection = True
        except HttpProblem as problem:
            self._refuse(problem)

    def finish(self) -> None:
        """Where the last words cannot be sent any more the stock protocol leaves the reading side open, and with it the
        socket, until the garbage collector comes by."""
        try:
            super().finish()
        finally:
            self.rfile.close()

    def send_error(self, code: Any, message: Any = None, explain: Any = None) -> None:
        """How the standard library's parser refuses: more than 100 header lines, mostly."""
        status = int(code)
        raise HttpProblem(status, "request.headers_too_large" if status == 431 else "request.malformed")

    def _receive_head(self) -> bool:
        """False when the client has left."""
        self.raw_requestline = self._read_request_line()
        if not self.raw_requestline:
            return False
        self.conn_state[2] = STATE_REQUEST
        check_request_line(self.raw_requestline)
        stream = self.rfile
        self.rfile = HeaderReader(stream)
        try:
            return self.parse_request()
        finally:
            self.rfile = stream

    def _receive_body(self) -> bytes:
        every = self.headers.get_all
        check_host(every("host", []), self.request_version)
        length = body_length(every("content-length", []), every("transfer-encoding", []), self.request_version)
        if length != 0 and self.headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        with eventlet.Timeout(self.server.front.settings.http_body_s, HttpProblem(408, "request.too_slow")):
            return read_chunked(self.rfile) if length is None else read_exactly(self.rfile, length)

    def _respond(self, body: bytes) -> None:
        self.environ = self._environ_with(body)
        self.application = self.server.app
        if self.server.front.draining:
            self.close_connection = True
        with eventlet.Timeout(EXCHANGE_S, ConnectionAbortedError("the client does not take the answer")):
            self.handle_one_response()

    def _environ_with(self, body: bytes) -> dict[str, Any]:
        environ = self.get_environ()
        for header in ("HTTP_TRANSFER_ENCODING", "HTTP_EXPECT"):
            environ.pop(header, None)
        taken = Input(io.BytesIO(), len(body), self.connection)
        taken.position = len(body)  # nothing is left to discard before the next request
        return environ | {
            "wsgi.input": io.BytesIO(body),
            "eventlet.input": taken,
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": self.headers.get("content-type", ""),
        }

    def _refuse(self, problem: HttpProblem) -> None:
        self.close_connection = True
        headers = getattr(self, "headers", None)
        response = self.server.front.early_problem(problem, headers.get("accept-language", "") if headers else "")
        with contextlib.suppress(OSError):
            self.wfile.write(whole_answer(response))
            self.wfile.flush()
            self._linger()

    def _linger(self) -> None:
        """Take what is still being sent for a moment: a reset would overtake the answer."""
        self.connection.shutdown(socket.SHUT_WR)
        with eventlet.Timeout(LINGER_S, False):
            while self.connection.recv(65_536):
                pass
