"""Errors as RFC 9457 problem details: a stable ``code``, a title in the reader's language, the field that is wrong."""

import math
from functools import lru_cache
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request
from marshmallow import Schema, fields
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response as PlainResponse

from gateway.statuses import CODES_OF_HTTP, status_of
from gateway.texts import title_of
from services.chassis.bus.faults import NotNow, RpcFault, RpcTimeout, ServiceUnavailable
from services.chassis.bus.wire import encode
from services.chassis.ids import new_id
from services.chassis.refusal import Refused

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 1
KEPT_HEADERS = ("Allow", "Retry-After")


class Problem(Schema):
    """``errors`` names wrong fields by place (json, query); ``details`` are the refusal's own facts."""

    type = fields.String(required=True, metadata={"examples": ["urn:problem:points.insufficient"]})
    title = fields.String(required=True, metadata={"examples": ["积分不足"]})
    status = fields.Integer(required=True, metadata={"examples": [409]})
    code = fields.String(required=True, metadata={"examples": ["points.insufficient"]})
    request_id = fields.String(required=True, metadata={"description": "Names this request in our logs"})
    detail = fields.String(metadata={"description": "English, for developers"})
    errors = fields.Dict(keys=fields.String(), metadata={"examples": [{"json": {"lines": ["Missing data."]}}]})
    details = fields.Dict(keys=fields.String())


def register(app: Flask) -> None:
    app.register_error_handler(Refused, of_refusal)
    app.register_error_handler(RpcFault, of_fault)
    app.register_error_handler(Exception, of_accident)


def of_refusal(refusal: Refused) -> Response:
    status = g.get("statuses", {}).get(refusal.code) or status_of(refusal.code)
    details = dict(refusal.details)
    extra: dict[str, Any] = {"detail": refusal.message}
    if refusal.code == "request.invalid" and "fields" in details:
        extra["errors"] = {"json": details.pop("fields")}
    headers = _retry_after(status, details.get("retry_after_s"))
    return respond(status, refusal.code, refusal.message, headers, **extra, **({"details": details} if details else {}))


def of_fault(fault: RpcFault) -> Response:
    log.warning("call_failed", request_id=g.get("request_id"), problem=f"{type(fault).__name__}: {fault}")
    if isinstance(fault, RpcTimeout | ServiceUnavailable | NotNow):
        return respond(503, "service.unavailable", "", _retry_after(503))
    return respond(500, "internal", "")


def of_accident(problem: Exception) -> Response:
    if isinstance(problem, HTTPException):
        return of_http_error(problem)
    log.exception("request_failed", request_id=g.get("request_id"))
    return respond(500, "internal", "")


def of_http_error(error: HTTPException) -> Response:
    """Also what webargs raises for a body or query that its schema refuses."""
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    code = data.get("code") or CODES_OF_HTTP.get(status, "internal" if status >= 500 else "request.malformed")
    extra = {"errors": data["messages"]} if data.get("messages") else {}
    headers = {name: value for name, value in error.get_headers() if name in KEPT_HEADERS}
    return respond(status, code, error.name, headers, **extra)


def respond(
    status: int, code: str, default_title: str, headers: dict[str, str] | None = None, **extra: Any
) -> Response:
    body = document(status, code, language(), default_title, g.request_id) | extra
    response = current_app.response_class(encode(body), status, headers, mimetype=MEDIA_TYPE)
    response.headers["Vary"] = "Accept-Language"
    response.headers["Content-Language"] = language()
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="mall"'
    return response


def before_the_application(status: int, code: str, accept_language: str, **extra: Any) -> PlainResponse:
    """How the HTTP server words what it refuses by itself: broken, oversized, slow or surplus requests; and what is
    known before anybody is asked."""
    body = document(status, code, _language_of_header(accept_language), code, new_id("req")) | extra
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **_retry_after(status)}
    headers["X-Request-Id"] = body["request_id"]
    return PlainResponse(encode(body), status, headers, mimetype=MEDIA_TYPE)


def language() -> str:
    """Chinese unless the client asks for English."""
    return _language_of(request.accept_languages)


@lru_cache(maxsize=256)
def _language_of_header(accept_language: str) -> str:
    return _language_of(parse_accept_header(accept_language, LanguageAccept))


def _language_of(accepted: LanguageAccept) -> str:
    return accepted.best_match(["zh", "en"], default="zh") or "zh"


def document(status: int, code: str, reader: str, default_title: str, request_id: str) -> dict[str, Any]:
    """The members that every problem has; ``reader`` is "zh" or "en"."""
    return {
        "type": f"urn:problem:{code}",
        "title": title_of(code, reader, default_title),
        "status": status,
        "code": code,
        "request_id": request_id,
    }


def _retry_after(status: int, seconds: Any = None) -> dict[str, str]:
    """For "you" (429) and for "us" (503, 504), in whole seconds."""
    if status not in (429, 503, 504):
        return {}
    known = isinstance(seconds, int | float) and seconds > 0
    return {"Retry-After": str(math.ceil(seconds) if known else RETRY_AFTER_S)}
