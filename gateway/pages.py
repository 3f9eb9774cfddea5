"""Query parameters of lists. They are text on the wire, so numbers are read from text here and only here."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import fields, validate

from services.chassis.schemas import LARGEST_SAFE_INTEGER, to_wire

LARGEST_PAGE = 100
DIGITS = re.compile(r"[0-9]{1,16}")


class WrittenInteger(fields.Integer):
    """Plain digits; ``1_0``, `` 5 ``, ``+5`` and digits of other scripts are not numbers here."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if not isinstance(value, str) or not DIGITS.fullmatch(value) or int(value) > LARGEST_SAFE_INTEGER:
            raise self.make_error("invalid", input=value)
        return int(value)


def on_the_wire(query: dict[str, Any]) -> dict[str, Any]:
    """Instants and days that were read, as text again for the request that they become part of."""
    return {name: _as_text(value) for name, value in query.items()}


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_wire(value)
    return value.isoformat() if isinstance(value, date) else value


def position_field(description: str) -> fields.Integer:
    """Where in a numbered list a page ends that was read before."""
    return WrittenInteger(load_default=None, validate=validate.Range(1), metadata={"description": description})


def limit_field(default: int = 20) -> fields.Integer:
    bounds = validate.Range(1, LARGEST_PAGE)
    return WrittenInteger(load_default=default, validate=bounds, metadata={"description": "Entries a page"})
