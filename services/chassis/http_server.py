"""The HTTP entrypoint: nameko's web server with limits, health outside the workers, and a draining stop.

``@wsgi`` on a method of the service: it gets every request (a werkzeug Request) and returns a Response.
"""

import errno
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import eventlet
import orjson
import structlog
from eventlet import wsgi as eventlet_wsgi
from nameko.web.handlers import HttpRequestHandler
from nameko.web.server import HttpOnlyProtocol, WebServer
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Request, Response

log = structlog.get_logger(__name__)

LARGEST_BODY = 1 << 20
LONGEST_URL = 8192
MOST_REQUESTS_AT_ONCE = 256
MOST_CONNECTIONS = 2000
REQUEST_LIMIT_S = 20
SOCKET_TIMEOUT_S = 15
BACKLOG = 1024
DRAIN_S = 1.0


class HttpServer(WebServer):
    """Stopping: not ready at once, serves on for ``DRAIN_S`` so that balancers notice, then closes the port."""

    def __init__(self) -> None:
        super().__init__()
        self._starting: bool = False
        self._is_accepting: bool = True
        self.in_flight = self.connections = 0
        self.draining = False

    @property
    def bind_addr(self) -> tuple[str, int]:
        settings = self.container.config["settings"]
        return settings.http_host, settings.http_port

    def get_wsgi_app(self) -> Callable:
        (provider,) = self._providers
        return LimitedApp(self, provider)

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, protocol: Any = HttpOnlyProtocol, debug: bool = False) -> Any:
        return eventlet_wsgi.Server(
            sock,
            sock.getsockname(),
            wsgi_app,
            protocol=protocol,
            debug=debug,
            log=log,
            log_output=False,
            socket_timeout=SOCKET_TIMEOUT_S,
            url_length_limit=LONGEST_URL,
        )

    def start(self) -> None:
        if self._starting:
            return
        self._starting = True
        self._sock = eventlet.listen(self.bind_addr, backlog=BACKLOG, reuse_port=True)
        self._sock.settimeout(None)
        self._serv = self.get_wsgi_server(self._sock, self.get_wsgi_app())
        self._gt = self.container.spawn_managed_thread(self.run)

    def run(self) -> None:
        while self._is_accepting:
            try:
                connection, address = self._sock.accept()
            except OSError as problem:
                if problem.errno not in (errno.EMFILE, errno.ENFILE, errno.ECONNABORTED):
                    raise
                log.error("cannot_accept", problem=str(problem))
                eventlet.sleep(0.2)
                continue
            if self.connections >= MOST_CONNECTIONS:
                connection.close()
                continue
            connection.settimeout(SOCKET_TIMEOUT_S)
            self.container.spawn_managed_thread(partial(self.process_request, connection, address))

    def process_request(self, sock: Any, address: Any) -> None:
        self.connections += 1
        try:
            super().process_request(sock, address)
        except Exception as problem:  # noqa: BLE001 — one connection must not take the process down
            log.warning("connection_failed", problem=f"{type(problem).__name__}: {problem}")
        finally:
            self.connections -= 1

    def unregister_provider(self, provider: Any) -> None:
        self.draining = True
        eventlet.sleep(DRAIN_S)
        if self._is_accepting:
            self._is_accepting = False
            self._gt.kill()
            self._sock.close()
        super().unregister_provider(provider)

    def stop(self) -> None:
        self.wait_for_providers()
        deadline = time.monotonic() + REQUEST_LIMIT_S
        while self.in_flight and time.monotonic() < deadline:
            eventlet.sleep(0.02)


class LimitedApp:
    """What stands before the workers: size and concurrency limits, answers when there is no room."""

    def __init__(self, server: HttpServer, provider: HttpRequestHandler) -> None:
        self.server, self.provider = server, provider

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        return self._answer(environ)(environ, start_response)

    def _answer(self, environ: dict[str, Any]) -> Response:
        if self.server.in_flight >= MOST_REQUESTS_AT_ONCE:
            return plain_problem(503, "overloaded", "the mall is busy; try again in a moment", {"Retry-After": "1"})
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > LARGEST_BODY:
            too_large = f"the body may have at most {LARGEST_BODY} bytes"
            return plain_problem(413, "request.too_large", too_large, {"Connection": "close"})
        self.server.in_flight += 1
        try:
            response = self._served(environ)
        finally:
            self.server.in_flight -= 1
        if self.server.draining:
            response.headers["Connection"] = "close"
        return response

    def _served(self, environ: dict[str, Any]) -> Response:
        request = Request(environ, shallow=True)
        request.max_content_length = LARGEST_BODY
        request.path_values = {}  # type: ignore[attr-defined]
        try:
            with eventlet.Timeout(REQUEST_LIMIT_S, TimeoutError("request limit")):
                return self.provider.handle_request(request)
        except HTTPException as problem:
            return plain_problem(problem.code or 500, "http", problem.name)
        except TimeoutError:
            return plain_problem(504, "request.timeout", "the request took too long", {"Retry-After": "2"})


class WsgiEntrypoint(HttpRequestHandler):
    """Every path and method goes to the one method that carries it."""

    server = HttpServer()

    def __init__(self, **options: Any) -> None:
        super().__init__("*", "/", **options)

    def check_signature(self, args: Any, kwargs: Any) -> None:
        """The method takes the request: nothing to check per request."""

    def response_from_exception(self, exc: Exception) -> Response:
        if isinstance(exc, BadRequest):
            return plain_problem(400, "request.malformed", "the request could not be read")
        log.error("request_failed", exc_info=exc)
        return plain_problem(500, "internal", "the mall made a mistake; it has been noted")


wsgi = WsgiEntrypoint.decorator


def plain_problem(status: int, code: str, title: str, headers: dict[str, str] | None = None) -> Response:
    """An RFC 9457 problem from before the application could speak."""
    body = orjson.dumps({"type": f"urn:problem:{code}", "title": title, "status": status, "code": code})
    return Response(body, status, headers, mimetype="application/problem+json")
