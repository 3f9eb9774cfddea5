"""What every message has around its own content, as JSON Schema."""

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]
INSTANT = {"type": "string", "format": "date-time"}
TRACEPARENT = {"type": "string", "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"}

SCHEMAS: Json = {
    "CallHeaders": {
        "type": "object",
        "description": "On whose behalf, until when, and as part of which trace a call is made.",
        "required": ["nameko.correlation_id", "nameko.traceparent", "nameko.actor", "nameko.deadline"],
        "properties": {
            "nameko.correlation_id": {"type": "string"},
            "nameko.traceparent": TRACEPARENT,
            "nameko.actor": {"type": "string", "examples": ["member:mbr_0192f0c1a2b37c4d8e5f60718293a4b5"]},
            "nameko.deadline": {"type": "number", "description": "Epoch seconds after which nobody waits any more"},
            "nameko.causation_id": {"type": "string"},
        },
    },
    "Fault": {
        "type": "object",
        "description": "The service failed. For logs; its text is no part of the contract.",
        "required": ["exc_type", "value"],
        "properties": {"exc_type": {"type": "string"}, "value": {"type": "string"}},
    },
}


def event_envelope(event_type: str, source: str, data: Json) -> Json:
    properties = {
        "id": {"type": "string", "pattern": "^evt_[0-9a-f]{32}$", "description": "The same when it is sent again"},
        "type": {"const": event_type},
        "source": {"const": source},
        "occurred_at": INSTANT,
        "subject": {"type": "string", "description": "What it is about; events of one subject come in order"},
        "sequence": {"type": "integer", "description": "The subject's version: tells late from new"},
        "correlation_id": {"type": "string"},
        "causation_id": {"type": ["string", "null"]},
        "traceparent": TRACEPARENT,
        "data": data,
    }
    return {"type": "object", "required": list(properties), "properties": properties}


def request_envelope(request: Json) -> Json:
    properties = {
        "args": {"type": "array", "items": request, "minItems": 1, "maxItems": 1},
        "kwargs": {"type": "object", "maxProperties": 0},
    }
    return {"type": "object", "required": list(properties), "properties": properties}


def reply_envelope(value: Json, refuses: Sequence[str]) -> Json:
    """``refuses`` are the expected codes; request.invalid and, of commands, request.key_reused come beside them."""
    accepted = {
        "type": "object",
        "required": ["ok", "value"],
        "properties": {"ok": {"const": True}, "value": value},
    }
    code = {"type": "string", "examples": [*refuses, "request.invalid"]}
    rejection = {
        "type": "object",
        "required": ["code", "message", "details"],
        "properties": {"code": code, "message": {"type": "string"}, "details": {"type": "object"}},
    }
    refused = {
        "type": "object",
        "required": ["ok", "rejection"],
        "properties": {"ok": {"const": False}, "rejection": rejection},
    }
    fault = {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/Fault"}]}
    result = {"anyOf": [accepted, refused, {"type": "null"}]}
    return {"type": "object", "required": ["result", "error"], "properties": {"result": result, "error": fault}}
