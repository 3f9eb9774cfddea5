"""The OpenAPI 3.1 document: settings, security, problem responses, and how our fields are described."""

from http import HTTPStatus
from typing import Any

from apispec.ext.marshmallow import OpenAPIConverter
from flask_smorest import Api
from marshmallow import fields

from gateway import problems
from gateway.statuses import CODES_OF_HTTP
from services.chassis.schemas import LARGEST_SAFE_INTEGER

OPENAPI_SETTINGS: dict[str, Any] = {
    "API_TITLE": "积分商城 Points Mall",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": None,
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "Every write carries an Idempotency-Key: the same key again gives the same answer. "
            "Errors are problem+json with a stable code, titled in Chinese or, by Accept-Language, in English; "
            "`x-problem-codes` lists the codes of an operation. Amounts are whole points and whole fen. "
            "Any request may be answered 429 or 503 with Retry-After: send the same again. `x-rate-class` is what an "
            "operation counts as: each class has a rate for a caller and for an address, and RateLimit and "
            "RateLimit-Policy of its answers say what is left.",
        },
        "servers": [{"url": "/", "description": "This mall"}],
    },
}
IDEMPOTENCY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Names this request; sent again it has no second effect and gets the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]+$"},
    "example": "b7e1c3a0-checkout-1",
}
RETRY_AFTER = {"description": "Seconds to wait before asking again", "schema": {"type": "integer", "minimum": 1}}
RATE_HEADERS = {
    "RateLimit-Policy": {
        "description": "The limits that counted: how many requests (q) fit into how many seconds (w)",
        "schema": {"type": "string", "examples": ['"read.address";q=30000;w=60']},
    },
    "RateLimit": {
        "description": "How many requests are left (r), and for how many seconds (t)",
        "schema": {"type": "string", "examples": ['"read.address";r=29999;t=60']},
    },
}
HEADERS_OF = {429: {"Retry-After": RETRY_AFTER, **RATE_HEADERS}, 503: {"Retry-After": RETRY_AFTER}}
EXAMPLE_CODES = {
    **CODES_OF_HTTP,
    401: "session.unknown",
    403: "goods.tier_too_low",
    404: "order.unknown",
    409: "points.insufficient",
    503: "service.unavailable",
}
EXAMPLE_POINTS = 1200
EXAMPLE_UUID = "0192f0c1a2b37c4d8e5f60718293a4b5"


class MallApi(Api):
    """flask-smorest with problem+json for every error, documented as such."""

    ERROR_SCHEMA = problems.Problem
    DEFAULT_ERROR_RESPONSE_NAME = "DEFAULT_ERROR"

    def handle_http_exception(self, error: Any) -> Any:
        return problems.of_http_error(error)

    def _register_responses(self) -> None:
        """Replaces the stock responses: those say application/json. Only used ones get into the document."""
        for status in HTTPStatus:
            if status >= 400:
                self._register_problem(status.name, status.phrase, status.value)
        self.spec.components.response("NOT_MODIFIED", {"description": "Not Modified"}, lazy=True)
        self._register_problem("DEFAULT_ERROR", "Any other problem", 500)

    def _register_pagination_header(self) -> None:
        """Lists are paged by cursors; the stock page header is not for us."""

    def _register_problem(self, name: str, description: str, status: int) -> None:
        example = problems.document(status, EXAMPLE_CODES.get(status, "internal"), "zh", "", f"req_{EXAMPLE_UUID}")
        content = {problems.MEDIA_TYPE: {"schema": self.ERROR_SCHEMA, "example": example}}
        headers = {"headers": HEADERS_OF[status]} if status in HEADERS_OF else {}
        self.spec.components.response(name, {"description": description, "content": content, **headers}, lazy=True)


def describe(api: Api) -> None:
    scheme = {"type": "http", "scheme": "bearer", "description": "The token of POST /v1/sessions"}
    staff = {"type": "http", "scheme": "bearer", "description": "A staff key, issued by `./mall ops staff issue`"}
    api.spec.components.security_scheme("session", scheme)
    api.spec.components.security_scheme("staff", staff)
    describe_fields(api.ma_plugin.converter)


def describe_fields(converter: OpenAPIConverter) -> None:
    """Teaches apispec the field types that all contracts share."""
    for describe_field in (_instant, _bounded_integer, _portable_pattern, _map):
        converter.add_attribute_function(describe_field)


def _instant(self: Any, field: fields.Field, **_: Any) -> dict[str, Any]:
    if not isinstance(field, fields.AwareDateTime):
        return {}
    kind = ["string", "null"] if field.allow_none else "string"
    return {"type": kind, "format": "date-time", "examples": ["2026-11-21T08:00:00.000Z"]}


def _bounded_integer(self: Any, field: fields.Field, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
    if not isinstance(field, fields.Integer) or "examples" in field.metadata:
        return {}
    least, most = ret.get("minimum", 0), ret.get("maximum", LARGEST_SAFE_INTEGER)
    return {"maximum": most, "examples": [max(least, min(most, EXAMPLE_POINTS))]}


def _portable_pattern(self: Any, field: fields.Field, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
    r"""Patterns for JSON Schema are ECMAScript's: it knows no ``\Z``. Ids get an example, too."""
    pattern = ret.get("pattern", "")
    if not pattern.endswith(r"\Z"):
        return {}
    prefix = pattern.removeprefix("^").partition("_")[0]
    return {"pattern": pattern.removesuffix(r"\Z") + "$", "examples": [f"{prefix}_{EXAMPLE_UUID}"]}


def _map(self: Any, field: fields.Field, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
    """How many names it has, and which: what is said of lengths would be of texts."""
    if not isinstance(field, fields.Dict):
        return {}
    bounds = {f"{end}Properties": ret.pop(f"{end}Length") for end in ("min", "max") if f"{end}Length" in ret}
    names = self.field2property(field.key_field) if field.key_field else {}
    return bounds | ({"propertyNames": names} if len(names) > 1 else {})
