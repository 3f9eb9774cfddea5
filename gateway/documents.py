"""The OpenAPI 3.1 document: settings, security, headers that routes need, and how our fields are described."""

from typing import Any

from flask_smorest import Api
from marshmallow import fields

from services.chassis.schemas import LARGEST_SAFE_INTEGER

OPENAPI_SETTINGS: dict[str, Any] = {
    "API_TITLE": "积分商城 Points Mall",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
    "OPENAPI_SWAGGER_UI_PATH": "/docs",
    "OPENAPI_SWAGGER_UI_URL": "/docs/assets/",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "Every write carries an Idempotency-Key: the same key again gives the same answer. "
            "Errors are problem+json with a stable code. Amounts are whole points and whole fen.",
        },
    },
}
IDEMPOTENCY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Names this request; sent again it has no second effect and gets the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]+$"},
}


def describe(api: Api) -> None:
    api.spec.components.security_scheme("session", {"type": "http", "scheme": "bearer"})
    converter = api.ma_plugin.converter
    converter.add_attribute_function(_instant_is_a_date_time)
    converter.add_attribute_function(_integers_are_bounded)


def _instant_is_a_date_time(self: Any, field: fields.Field, **_: Any) -> dict[str, Any]:
    return {"type": "string", "format": "date-time"} if isinstance(field, fields.AwareDateTime) else {}


def _integers_are_bounded(self: Any, field: fields.Field, **_: Any) -> dict[str, Any]:
    return {"maximum": LARGEST_SAFE_INTEGER} if isinstance(field, fields.Integer) and not field.validate else {}
