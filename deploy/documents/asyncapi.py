"""The AsyncAPI 3.0 document: every event and every call, who sends and who receives it, and what it carries."""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from deploy.documents import envelopes
from deploy.documents.language import (
    SERVICES,
    called_by,
    called_by_gateway,
    calls_of,
    events_of,
    heard_by,
    samples_of,
    served_by,
)
from deploy.documents.meanings import meaning_of_call, meaning_of_event, meaning_of_reaction
from gateway.documents import describe_fields
from services.chassis.bus.wire import CONTENT_TYPE, RPC_EXCHANGE
from services.chassis.contract import Call, Event

Json = dict[str, Any]
REPLIES = "replies"
DESCRIPTION = (
    "What the services of the points mall say to each other over RabbitMQ. Events are past facts on the topic exchange "
    "of their source; handlers expect them twice, late and out of order. Calls are RPC: a refusal is data in the "
    "reply, a fault fills `error`. Every message is plain JSON."
)


def asyncapi_document() -> Json:
    schemas = Schemas()
    calls = [call for service in SERVICES for call in calls_of(service)]
    events = [event for service in SERVICES for event in events_of(service)]
    messages = {_key(event): _event_message(event, schemas) for event in events}
    for call in calls:
        messages[_key(call)] = _request_message(call, schemas)
        messages[_reply_key(call)] = _reply_message(call, schemas)
    channels = {_key(event): _event_channel(event) for event in events} | {
        _key(call): _call_channel(call) for call in calls
    }
    channels[REPLIES] = _reply_channel(calls)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "积分商城 Points Mall", "version": "1", "description": DESCRIPTION},
        "defaultContentType": CONTENT_TYPE,
        "channels": channels,
        "operations": _operations(),
        "components": {"messages": messages, "schemas": schemas.as_components()},
    }


class Schemas:
    """Contract schemas as components, named ``service.Class``: two services may use one name for two things."""

    def __init__(self) -> None:
        plugin: Any = MarshmallowPlugin(schema_name_resolver=self._name)
        self._spec = APISpec("", "", "3.1.0", plugins=[plugin])
        describe_fields(plugin.converter)
        self._resolve = plugin.resolver.resolve_schema_dict

    def reference(self, schema: type[Schema]) -> Json:
        return self._resolve(schema)

    def as_components(self) -> Json:
        named = self._spec.to_dict()["components"]["schemas"]
        return envelopes.SCHEMAS | dict(sorted(named.items()))

    @staticmethod
    def _name(schema: Any) -> str:
        made = schema if isinstance(schema, type) else type(schema)
        return f"{made.__module__.split('.')[1]}.{made.__name__}"


def _key(message: Call | Event) -> str:
    return message.address if isinstance(message, Call) else message.type


def _reply_key(call: Call) -> str:
    return f"{call.address}.reply"


def _event_message(event: Event, schemas: Schemas) -> Json:
    return {
        "name": event.type,
        "title": meaning_of_event(event) or event.type,
        "payload": envelopes.event_envelope(event.type, event.source, schemas.reference(event.data)),
        "examples": [{"payload": sample} for sample in samples_of(event.source, event.type)],
    }


def _request_message(call: Call, schemas: Schemas) -> Json:
    samples = samples_of(call.service, call.method)
    return {
        "name": call.address,
        "title": meaning_of_call(call) or call.address,
        "headers": {"$ref": "#/components/schemas/CallHeaders"},
        "correlationId": {"location": "$message.header#/correlation_id"},
        "payload": envelopes.request_envelope(schemas.reference(call.request)),
        "examples": [{"payload": {"args": [sample["request"]], "kwargs": {}}} for sample in samples],
    }


def _reply_message(call: Call, schemas: Schemas) -> Json:
    samples = samples_of(call.service, call.method)
    return {
        "name": _reply_key(call),
        "payload": envelopes.reply_envelope(schemas.reference(call.reply), call.refuses),
        "examples": [
            {"payload": {"result": {"ok": True, "value": sample["reply"]}, "error": None}} for sample in samples
        ],
    }


def _event_channel(event: Event) -> Json:
    return {
        "address": event.type,
        "messages": {event.type: {"$ref": f"#/components/messages/{event.type}"}},
        "bindings": _routing(event.exchange),
    }


def _call_channel(call: Call) -> Json:
    return {
        "address": call.address,
        "messages": {call.address: {"$ref": f"#/components/messages/{call.address}"}},
        "bindings": _routing(RPC_EXCHANGE.name),
    }


def _reply_channel(calls: list[Call]) -> Json:
    names = [_reply_key(call) for call in calls]
    return {
        "address": None,
        "description": "Direct reply-to: each process takes the replies to its own requests.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }


def _routing(exchange: str) -> Json:
    return {"amqp": {"is": "routingKey", "exchange": {"name": exchange, "type": "topic", "durable": True}}}


def _operations() -> Json:
    operations: Json = {}
    for service in SERVICES:
        for event in events_of(service):
            operations[f"{service}.publishes.{event.type}"] = _operation("send", event, service)
        for method, event in heard_by(service).items():
            summary = meaning_of_reaction(service, method)
            operations[f"{service}.hears.{event.type}"] = _operation("receive", event, service, summary)
        for call in served_by(service).values():
            operations[f"{service}.serves.{call.method}"] = _with_reply(_operation("receive", call, service), call)
    callers = {"gateway": called_by_gateway()} | {service: called_by(service) for service in SERVICES}
    for caller, calls in callers.items():
        for call in calls:
            operations[f"{caller}.calls.{call.address}"] = _with_reply(_operation("send", call, caller), call)
    return operations


def _operation(action: str, message: Call | Event, who: str, summary: str = "") -> Json:
    name = _key(message)
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{name}"},
        "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
        "tags": [{"name": who}],
        **({"summary": summary} if summary else {}),
    }


def _with_reply(operation: Json, call: Call) -> Json:
    reply = {"$ref": f"#/channels/{REPLIES}/messages/{_reply_key(call)}"}
    return operation | {"reply": {"channel": {"$ref": f"#/channels/{REPLIES}"}, "messages": [reply]}}
