"""What every request has: an id, a deadline, a caller for other services, and for writes an idempotency key."""

import re

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import BadRequest

from services.chassis.bus.rpc_client import RpcCaller
from services.chassis.context import Context, child_of
from services.chassis.ids import derived_id, new_id

REQUEST_ID = re.compile(r"^[\x21-\x7e]{1,64}$")
IDEMPOTENCY_KEY = re.compile(r"^[\x21-\x7e]{1,80}$")


def register(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if REQUEST_ID.match(given) else new_id("req")

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response


def rpc(actor: str = "anonymous") -> RpcCaller:
    """Calls for this request: they share its deadline and trace, and say on whose behalf they are made."""
    seconds = current_app.config["SETTINGS"].request_deadline_s
    traceparent = child_of(request.headers.get("traceparent"))
    context = Context(g.request_id, traceparent, actor=actor).within(seconds)
    return RpcCaller(request.environ["mall.channel"], context, timeout_s=seconds)


def request_id_for(subject: str) -> str:
    """The command's request id: the same for the same subject, route and Idempotency-Key, and for nothing else."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise _bad_key("idempotency_key.missing")
    if not IDEMPOTENCY_KEY.match(key):
        raise _bad_key("idempotency_key.invalid")
    return derived_id("req", subject, request.method, request.path, key)


def _bad_key(code: str) -> BadRequest:
    problem = BadRequest()
    problem.data = {"code": code}  # type: ignore[attr-defined]
    return problem
