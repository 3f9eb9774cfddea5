"""What every request has: an id, a deadline, a trace, a caller for other services, and for writes a key."""

import re
import time
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import BadRequest

from services.chassis.bus.rpc_client import RpcCaller
from services.chassis.context import Context, child_of
from services.chassis.contract import Call
from services.chassis.ids import derived_id, new_id

REQUEST_ID = re.compile(r"[\x21-\x7e]{1,64}")
LONGEST_KEY = 80
IDEMPOTENCY_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")
BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Caller(Protocol):
    def call(self, contract: Call, request: dict[str, Any]) -> Any: ...


MakeCaller = Callable[[Context], Caller]


def caller_on_the_bus(context: Context) -> Caller:
    timeout_s = current_app.config["SETTINGS"].request_deadline_s
    return RpcCaller(request.environ["mall.channel"], context, timeout_s)


def register(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        g.request_id = id_of_request(request.headers.get("X-Request-Id", ""))
        g.deadline = time.monotonic() + app.config["SETTINGS"].request_deadline_s
        g.traceparent = child_of(request.headers.get("traceparent"))
        _check_encoding()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        return response


def id_of_request(given: str) -> str:
    return given if REQUEST_ID.fullmatch(given) else new_id("req")


def rpc(actor: str = "anonymous", channel: str = "web") -> Caller:
    """Calls for this request: they share its deadline and trace, and say on whose behalf, by which door."""
    context = Context(g.request_id, g.traceparent, deadline=g.deadline, actor=actor, channel=channel)
    return current_app.config["MAKE_CALLER"](context)


def require_key() -> str:
    """The Idempotency-Key; 400 when it is missing or cannot be one."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise _bad_request("idempotency_key.missing")
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise _bad_request("idempotency_key.invalid")
    return key


def request_id_for(subject: str) -> str:
    """The command's request id: the same for the same subject, route and Idempotency-Key, and for nothing else."""
    return derived_id("req", subject, request.method, request.path, require_key())


def _check_encoding() -> None:
    """Path and query are UTF-8 in whole percent escapes: what is broken is refused, not guessed."""
    query = request.query_string.decode("latin-1")
    try:
        request.environ["PATH_INFO"].encode("latin-1").decode()
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        raise _bad_request("request.malformed") from None
    if BROKEN_ESCAPE.search(query):
        raise _bad_request("request.malformed")


def _bad_request(code: str) -> BadRequest:
    problem = BadRequest()
    problem.data = {"code": code}  # type: ignore[attr-defined]
    return problem
