"""Descriptors with which a service states its published language: commands, queries and events."""

from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, ValidationError

from services.chassis.refusal import INVALID_REQUEST, Refused

SchemaClass = type[Schema]


@dataclass(frozen=True)
class Call:
    """One RPC method: who serves it, what it takes, what it answers, which refusals a caller must expect."""

    service: str
    method: str
    request: type[Schema]
    reply: type[Schema]
    refuses: tuple[str, ...] = ()
    timeout_s: float = 3.0
    _request: Schema = field(init=False, repr=False, compare=False)
    _reply: Schema = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_request", self.request())
        object.__setattr__(self, "_reply", self.reply())

    def load_request(self, payload: Any) -> dict[str, Any]:
        """The validated request; raises Refused(request.invalid) that names every wrong field."""
        try:
            return self._request.load(payload)
        except ValidationError as problem:
            wrong = _with_text_keys(problem.normalized_messages())
            raise Refused(INVALID_REQUEST, "the request is not valid", fields=wrong) from None

    def dump_reply(self, value: Any) -> Any:
        return self._reply.dump(value)

    @property
    def address(self) -> str:
        return f"{self.service}.{self.method}"


class Command(Call):
    """Changes something. Carries ``request_id``: the same one again gives the same answer and no second effect."""


class Query(Call):
    """Changes nothing; may be repeated freely."""


@dataclass(frozen=True)
class Event:
    """A past fact, ``<aggregate>.<participle>.v<major>``, published on ``<source>.events``."""

    source: str
    type: str
    data: SchemaClass
    _data: Schema = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_data", self.data())

    def dump_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """The wire form; a producer that breaks its own contract fails here, before anything is written."""
        plain = self._data.dump(data)
        if problems := self._data.validate(plain):
            raise ValueError(f"{self.type} does not meet its contract: {problems}")
        return plain

    def load_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return self._data.load(data)

    @property
    def exchange(self) -> str:
        return f"{self.source}.events"


def _with_text_keys(messages: Any) -> Any:
    """As JSON can say it: marshmallow names the members of a list by number."""
    if isinstance(messages, dict):
        return {str(name): _with_text_keys(told) for name, told in messages.items()}
    return messages


def published_language(module: Any) -> dict[str, list[Any]]:
    """Everything a contract module publishes, sorted by name: {"commands", "queries", "events"}."""
    members = [value for value in vars(module).values() if isinstance(value, Call | Event)]
    return {
        "commands": sorted({m for m in members if isinstance(m, Command)}, key=lambda m: m.address),
        "queries": sorted({m for m in members if isinstance(m, Query)}, key=lambda m: m.address),
        "events": sorted({m for m in members if isinstance(m, Event)}, key=lambda m: m.type),
    }
