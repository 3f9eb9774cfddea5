"""The ops port of every process: ``/healthz``, ``/readyz`` and ``/metrics``, outside the worker pool.

A process is ready when it consumes from the broker and its database answers; a full worker pool does not hide it.
"""

from collections.abc import Callable, Iterable
from typing import Any

import eventlet
import orjson
import sqlalchemy as sa
import structlog
from eventlet import wsgi
from nameko.extensions import DependencyProvider
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.chassis.bus.queue_consumer import SettlingQueueConsumer
from services.chassis.bus.reply_channel import ReplyChannel
from services.chassis.data.database import is_worth_retrying, make_engine

log = structlog.get_logger(__name__)
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Health(DependencyProvider):
    """``health = Health()`` on a service. ``database=False`` for a process that has none."""

    queue_consumer = SettlingQueueConsumer()
    replies = ReplyChannel()

    def __init__(self, database: bool = True) -> None:
        self.uses_database = database

    def setup(self) -> None:
        settings = self.container.config["settings"]
        self.port = settings.ops_port
        self.stopping = False
        if self.uses_database:
            self.engine = make_engine(settings.database_url, pool_size=1, application=f"{settings.service}-health")

    def start(self) -> None:
        if self.port:
            listener = eventlet.listen(("127.0.0.1", self.port), reuse_port=False)
            self.thread = self.container.spawn_managed_thread(lambda: self._serve(listener), identifier="ops-port")

    def stop(self) -> None:
        self.stopping = True
        if self.port:
            self.thread.kill()

    def get_dependency(self, worker_ctx: Any) -> "Health":
        return self

    def problems(self) -> dict[str, str]:
        """What keeps this process from working, by part; empty when it is ready."""
        found: dict[str, str] = {}
        if self.stopping or not self.container.started:
            found["process"] = "stopping" if self.stopping else "starting"
        if self.container.entrypoints and self._consumes() and not self.queue_consumer.is_consuming:
            found["broker"] = "not consuming"
        if not self.replies.is_connected:
            found["rpc"] = "not connected"
        if self.uses_database and (problem := self._database_problem()):
            found["database"] = problem
        return found

    def _consumes(self) -> bool:
        return bool(self.queue_consumer._providers)

    def _database_problem(self) -> str | None:
        try:
            self._ask_database()
        except Exception as problem:  # noqa: BLE001 — any failure means not ready
            return type(problem).__name__
        return None

    def _ask_database(self, again: bool = True) -> None:
        """That the server ended our session meanwhile says nothing of the server: it is asked ``again``."""
        try:
            with self.engine.connect() as database:
                database.execute(sa.text("SELECT 1"))
        except sa.exc.DBAPIError as problem:
            if not (again and is_worth_retrying(problem)):
                raise
            self._ask_database(again=False)

    def _serve(self, listener: Any) -> None:
        wsgi.server(listener, self._answer, log_output=False, socket_timeout=10, debug=False)

    def _answer(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/healthz":
            return _respond(start_response, "200 OK", {"status": "alive"})
        if path == "/readyz":
            problems = self.problems()
            status = "503 Service Unavailable" if problems else "200 OK"
            return _respond(start_response, status, {"status": "not ready" if problems else "ready", **problems})
        if path == "/metrics":
            start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
            return [generate_latest()]
        return _respond(start_response, "404 Not Found", {"status": "unknown path"})


def _respond(start_response: StartResponse, status: str, body: dict[str, str]) -> list[bytes]:
    start_response(status, [("Content-Type", "application/json")])
    return [orjson.dumps(body)]
