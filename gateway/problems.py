"""Errors as RFC 9457 problem details: a stable ``code``, a title in the reader's language, the field that is wrong."""

from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException

from gateway.texts import title_of
from services.chassis.bus.faults import RpcFault, RpcTimeout, ServiceUnavailable
from services.chassis.refusal import Refused

log = structlog.get_logger(__name__)
RETRY_AFTER_S = 1

# The status of a rejection code; what is not listed is a conflict with the state of things: 409.
STATUSES = {
    "request.invalid": 422,
    "request.key_reused": 422,
    "cursor.invalid": 422,
    "member.phone_not_accepted": 422,
    "session.unknown": 401,
    "sign_in.code_wrong": 401,
    "sign_in.code_expired": 401,
    "sign_in.too_many_tries": 401,
    "sign_in.too_many_codes": 429,
    "sign_in.code_not_sent": 503,
    "member.unknown": 404,
    "goods.unknown": 404,
    "goods.price_unknown": 409,
    "goods.tier_too_low": 403,
    "order.unknown": 404,
    "order.address_required": 422,
    "order.payment_provider_required": 422,
    "order.member_not_active": 403,
    "order.temporarily_unavailable": 503,
    "points.account_frozen": 403,
    "payment.provider_unknown": 404,
    "payment.unknown": 404,
    "payment.notice_not_genuine": 401,
    "carrier.unknown": 404,
    "callback.signature_invalid": 401,
    "callback.too_old": 401,
    "callback.malformed": 422,
    "message.unknown": 404,
}
CODES_OF_HTTP = {
    400: "request.malformed",
    404: "route.unknown",
    405: "route.method_not_allowed",
    413: "request.too_large",
    415: "request.media_type",
    422: "request.invalid",
}


class Problem(Schema):
    """``errors`` names wrong fields by place (json, query); ``details`` are the refusal's own facts."""

    type = fields.String(required=True, metadata={"example": "urn:problem:points.insufficient"})
    title = fields.String(required=True, metadata={"example": "积分不足"})
    status = fields.Integer(required=True, metadata={"example": 409})
    code = fields.String(required=True, metadata={"example": "points.insufficient"})
    detail = fields.String()
    errors = fields.Dict(keys=fields.String())
    details = fields.Dict(keys=fields.String())
    request_id = fields.String()


def register(app: Flask) -> None:
    app.register_error_handler(Refused, of_refusal)
    app.register_error_handler(RpcFault, of_fault)
    app.register_error_handler(Exception, of_accident)


def of_refusal(refusal: Refused) -> Response:
    status = STATUSES.get(refusal.code, 409)
    details = dict(refusal.details)
    extra: dict[str, Any] = {"detail": refusal.message}
    if refusal.code == "request.invalid" and "fields" in details:
        extra["errors"] = {"json": details.pop("fields")}
    if details:
        extra["details"] = details
    headers = {}
    if status in (429, 503):
        headers["Retry-After"] = str(details.get("retry_after_s", RETRY_AFTER_S))
    return respond(status, refusal.code, refusal.message, headers, **extra)


def of_fault(fault: RpcFault) -> Response:
    log.warning("call_failed", problem=f"{type(fault).__name__}: {fault}")
    if isinstance(fault, RpcTimeout | ServiceUnavailable):
        return respond(503, "service.unavailable", "", {"Retry-After": str(RETRY_AFTER_S)})
    return respond(500, "internal", "")


def of_accident(problem: Exception) -> Response:
    if isinstance(problem, HTTPException):
        return of_http_error(problem)
    log.exception("request_failed")
    return respond(500, "internal", "")


def of_http_error(error: HTTPException) -> Response:
    """Also what webargs raises for a body or query that its schema refuses."""
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    code = data.get("code") or CODES_OF_HTTP.get(status, "internal" if status >= 500 else "request.malformed")
    extra = {"errors": data["messages"]} if data.get("messages") else {}
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    headers.update(data.get("headers") or {})
    return respond(status, code, error.name, headers, **extra)


def respond(
    status: int, code: str, default_title: str, headers: dict[str, str] | None = None, **extra: Any
) -> Response:
    body = {
        "type": f"urn:problem:{code}",
        "title": title_of(code, language(), default_title),
        "status": status,
        "code": code,
        "request_id": g.get("request_id"),
        **extra,
    }
    response = current_app.response_class(current_app.json.dumps(body), status, headers)
    response.mimetype = "application/problem+json"
    response.headers["Vary"] = "Accept-Language"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="mall"'
    return response


def language() -> str:
    """Chinese unless the client asks for English."""
    return request.accept_languages.best_match(["zh", "en"], default="zh") or "zh"
