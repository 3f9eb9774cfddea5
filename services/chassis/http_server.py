"""The HTTP entrypoint: nameko's web server with limits, health outside the workers, and a draining stop.

``@wsgi`` on a method of the service: it gets every request (a werkzeug Request, its body complete) and returns a
Response. ``@wsgi(word_problem=…)`` words the refusals that are made before the application is asked.
"""

import contextlib
import errno
import socket
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import eventlet
import orjson
import structlog
from eventlet import wsgi as eventlet_wsgi
from eventlet.wsgi import STATE_IDLE
from nameko.web.handlers import HttpRequestHandler
from nameko.web.server import WebServer
from werkzeug.wrappers import Request, Response

from services.chassis.crash_points import crash_point
from services.chassis.http_admission import Admission
from services.chassis.http_line import Line
from services.chassis.http_protocol import StrictProtocol, whole_answer
from services.chassis.http_reading import LARGEST_BODY, LONGEST_REQUEST_LINE, HttpProblem
from services.chassis.metrics import SHED
from services.chassis.settings import Settings

log = structlog.get_logger(__name__)

REQUEST_LIMIT_S = 20
SOCKET_TIMEOUT_S = 15
BACKLOG = 1024
DRAIN_S = 1.0
STATE_FRESH = "fresh"  # a connection on which no request has come yet
OUT_OF_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ECONNABORTED)

WordProblem = Callable[[int, str, str], Response]  # status, code, Accept-Language


class HttpServer(WebServer):
    """Stopping: not ready at once, serves on for ``DRAIN_S`` so that balancers notice, closes the port, and lets
    every request that has come be answered."""

    def __init__(self) -> None:
        super().__init__()
        self._starting: bool = False
        self._is_accepting: bool = True
        self._states: dict[int, list[Any]] = {}
        self.draining = False

    @property
    def settings(self) -> Settings:
        found: Settings = self.container.config["settings"]
        return found

    @property
    def bind_addr(self) -> tuple[str, int]:
        return self.settings.http_host, self.settings.http_port

    def get_wsgi_app(self) -> Callable:
        (provider,) = self._providers
        return LimitedApp(self, provider)

    def early_problem(self, problem: HttpProblem, accept_language: str) -> Response:
        (provider,) = self._providers
        return provider.word_problem(problem.status, problem.code, accept_language)

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, protocol: Any = StrictProtocol, debug: bool = False) -> Any:
        server = eventlet_wsgi.Server(
            sock,
            sock.getsockname(),
            wsgi_app,
            protocol=protocol,
            debug=debug,
            log_output=False,
            socket_timeout=SOCKET_TIMEOUT_S,
            url_length_limit=LONGEST_REQUEST_LINE,
        )
        server.front = self
        return server

    def start(self) -> None:
        if self._starting:
            return
        self._starting = True
        self._sock = eventlet.listen(self.bind_addr, backlog=BACKLOG, reuse_port=True)
        self._sock.settimeout(None)
        self._serv = self.get_wsgi_server(self._sock, self.get_wsgi_app())
        self._gt = self.container.spawn_managed_thread(self.run, identifier="http-accept")

    def run(self) -> None:
        while self._is_accepting:
            try:
                connection, address = self._sock.accept()
            except OSError as problem:
                if problem.errno not in OUT_OF_ROOM:
                    raise
                log.error("cannot_accept", problem=str(problem))
                eventlet.sleep(0.2)
                continue
            self._take(connection, address)

    def _take(self, connection: Any, address: Any) -> None:
        connection.settimeout(SOCKET_TIMEOUT_S)
        if len(self._states) >= self.settings.http_connections:
            self._turn_away(connection)
            return
        state = [address, connection, STATE_FRESH]
        self._states[id(state)] = state
        self.container.spawn_managed_thread(partial(self._converse, state), identifier="http-connection")

    def _turn_away(self, connection: Any) -> None:
        """A few hundred bytes into an empty buffer: nobody can make us wait with it."""
        SHED.labels(self.container.service_name, "connections").inc()
        with contextlib.suppress(OSError):
            connection.sendall(whole_answer(self.early_problem(HttpProblem(503, "overloaded"), "")))
            connection.shutdown(socket.SHUT_WR)
        connection.close()

    def _converse(self, state: list[Any]) -> None:
        try:
            self._serv.process_request(state)
        except (Exception, eventlet.Timeout) as problem:  # noqa: BLE001 — one connection must not end the process
            log.info("connection_failed", problem=f"{type(problem).__name__}: {problem}")
            with contextlib.suppress(OSError):
                state[1].close()
        finally:
            del self._states[id(state)]

    def unregister_provider(self, provider: Any) -> None:
        """The entrypoint's stop: it returns when all requests are answered, while calls to services still work."""
        self.draining = True
        eventlet.sleep(DRAIN_S)
        self._close_port()
        self._hang_up(STATE_IDLE)
        self._wait_for_connections(DRAIN_S)
        self._hang_up(STATE_FRESH)
        self._wait_for_connections(REQUEST_LIMIT_S)
        super().unregister_provider(provider)

    def stop(self) -> None:
        self.wait_for_providers()

    def _close_port(self) -> None:
        """Whoever has got through to us already is still served."""
        if not self._is_accepting:
            return
        self._is_accepting = False
        self._gt.kill()
        self._sock.settimeout(0.01)
        with contextlib.suppress(OSError):
            while True:
                self._take(*self._sock.accept())
        self._sock.close()

    def _hang_up(self, wanted: str) -> None:
        for _, connection, state in list(self._states.values()):
            if state == wanted:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)  # what has arrived can still be read and answered

    def _wait_for_connections(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self._states and time.monotonic() < deadline:
            eventlet.sleep(0.02)


class LimitedApp:
    """What stands before the workers: a short line of a bounded length and a time limit. Who finds the line full, or
    would be answered too late as it moves now, is sent away at once; who waits too long all the same, then."""

    def __init__(self, server: HttpServer, provider: "WsgiEntrypoint") -> None:
        self.server, self.provider = server, provider
        settings = server.settings
        self.line = Line(settings.max_workers)
        self.admission = Admission(settings.http_at_once, settings.http_answer_s)

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        return self._answer(environ)(environ, start_response)

    def _answer(self, environ: dict[str, Any]) -> Response:
        if reason := self.admission.reason_against():
            return self._shed(environ, reason)
        entered = self.admission.enter()
        try:
            if not self.line.enter(self.server.settings.http_wait_s):
                return self._shed(environ, "waited")
            try:
                return self._served(environ)
            finally:
                self.line.leave()
        finally:
            self.admission.leave(entered)

    def _shed(self, environ: dict[str, Any], reason: str) -> Response:
        SHED.labels(self.server.container.service_name, reason).inc()
        return self.provider.word_problem(503, "overloaded", environ.get("HTTP_ACCEPT_LANGUAGE", ""))

    def _served(self, environ: dict[str, Any]) -> Response:
        environ["mall.draining"] = self.server.draining
        request = Request(environ, shallow=True)
        request.max_content_length = LARGEST_BODY
        request.path_values = {}  # type: ignore[attr-defined]
        with eventlet.Timeout(REQUEST_LIMIT_S, TimeoutError("request limit")):
            response = self.provider.handle_request(request)
            crash_point("before_answer", request.path)
            return response


def plain_problem(status: int, code: str, _accept_language: str = "") -> Response:
    """An RFC 9457 problem for a service that does not word its own."""
    title = code.replace(".", " ").replace("_", " ")
    body = orjson.dumps({"type": f"urn:problem:{code}", "title": title, "status": status, "code": code})
    retry = {"Retry-After": "1"} if status == 503 else {}
    return Response(body, status, retry, mimetype="application/problem+json")


class WsgiEntrypoint(HttpRequestHandler):
    """Every path and method goes to the one method that carries it."""

    server = HttpServer()

    def __init__(self, word_problem: WordProblem = plain_problem, **options: Any) -> None:
        self.word_problem = word_problem
        super().__init__("*", "/", **options)

    def check_signature(self, args: Any, kwargs: Any) -> None:
        """The method takes the request: nothing to check per request."""

    def response_from_exception(self, exc: Exception) -> Response:
        log.error("request_failed", exc_info=exc)
        if isinstance(exc, TimeoutError):
            return self.word_problem(504, "request.timeout", "")
        return self.word_problem(500, "internal", "")


wsgi = WsgiEntrypoint.decorator
