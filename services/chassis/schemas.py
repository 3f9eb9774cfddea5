"""Building blocks of contracts: strict requests, tolerant readers, and the field types every message shares."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, fields, validate

from services.chassis.records import Records, takes_short_way

LARGEST_SAFE_INTEGER = 2**53 - 1  # JSON readers in JavaScript lose digits above it


class Request(Schema):
    """What a caller sends: an unknown field is a mistake, and is named."""

    class Meta:
        unknown = RAISE


class Record(Schema):
    """What a reader takes from a reply or an event: fields it does not know are ignored (tolerant reader)."""

    class Meta:
        unknown = EXCLUDE


def identifier(prefix: str, **options: Any) -> fields.String:
    shape = validate.Regexp(rf"^{prefix}_[0-9a-f]{{32}}\Z", error=f"must be an id like {prefix}_ and 32 hex digits")
    return fields.String(validate=shape, **_required(options))


def text(longest: int = 200, shortest: int = 1, **options: Any) -> fields.String:
    return fields.String(validate=[validate.Length(shortest, longest), _no_nul], **_required(options))


def integer(least: int = 0, most: int = LARGEST_SAFE_INTEGER, **options: Any) -> fields.Integer:
    """A whole number in [least, most]; ``"5"``, ``5.0`` and ``true`` are not numbers here."""
    return StrictInteger(validate=validate.Range(least, most), **_required(options))


def instant(**options: Any) -> fields.AwareDateTime:
    return Instant(**_required(options))


def day(**options: Any) -> fields.Date:
    """A day of the calendar, ``2026-10-31``."""
    return Day(**_required(options))


def choice(*values: str, **options: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(values), **_required(options))


def flag(**options: Any) -> fields.Boolean:
    """``true`` or ``false``; ``"yes"`` and ``1`` are not."""
    return StrictBoolean(**_required(options))


def nested(schema: type[Schema], **options: Any) -> fields.Nested:
    return fields.Nested(schema, **_required(options))


def listed(inner: Any, shortest: int = 0, longest: int = 1000, **options: Any) -> fields.List:
    """Of records, if ``inner`` is their schema; of values, if it is a field."""
    kind = Records if isinstance(inner, type) else fields.List
    return kind(inner, validate=validate.Length(shortest, longest), **_required(options))


class StrictInteger(fields.Integer):
    def __init__(self, **options: Any) -> None:
        super().__init__(strict=True, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return value


takes_short_way(StrictInteger, of=int)


class StrictBoolean(fields.Boolean):
    """For Python ``1 == True``, so a set of truthy values would take it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Instant(fields.AwareDateTime):
    """A moment, ISO 8601 with offset on the wire, aware UTC in Python."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", default_timezone=UTC, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None or isinstance(value, str):  # a stored reply is replayed as the text it was
            return value
        return to_wire(value)


class Day(fields.Date):
    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value if isinstance(value, str) else super()._serialize(value, attr, obj, **kwargs)  # as with instants


def to_wire(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _required(options: dict[str, Any]) -> dict[str, Any]:
    if "load_default" in options or options.get("allow_none"):
        return {"required": False, **({"load_default": None} if options.get("allow_none") else {}), **options}
    return {"required": True, **options}


def _no_nul(value: str) -> None:
    if "\x00" in value:
        raise validate.ValidationError("must not contain a NUL character")
