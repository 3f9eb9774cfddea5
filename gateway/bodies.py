"""Reading JSON bodies and queries strictly: one meaning or none."""

import json
from typing import Any, ClassVar

import orjson
from flask import Request
from marshmallow import RAISE, Schema
from webargs.flaskparser import FlaskParser, abort

from services.chassis import schemas as contracts

DEEPEST = 20


class Because(contracts.Request):
    """Why somebody of operations does it; it stays in the records."""

    reason = contracts.text(200)


class MalformedJson(ValueError):
    """The text is not JSON, or means different things to different readers."""


def strict_json(body: bytes) -> Any:
    """The value of a JSON text; raises MalformedJson for broken UTF-8, NaN, lone surrogates, duplicate names and
    nesting deeper than 20."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        raise MalformedJson(str(problem)) from None
    if _is_deeper(value, DEEPEST):
        raise MalformedJson(f"nested deeper than {DEEPEST}")
    json.loads(body, object_pairs_hook=_unique, parse_int=float)
    return value


def _is_deeper(value: Any, left: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return left == 0 or any(_is_deeper(item, left - 1) for item in inner)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) < len(pairs):
        raise MalformedJson("a name appears twice in one object")
    return names


class StrictParser(FlaskParser):
    """Unknown fields are refused everywhere; a body is JSON and says so; nonsense is 4xx, never 500."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {  # type: ignore[misc]
        "json": None,
        "query": RAISE,
        "path": RAISE,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:
        """No body says nothing, to a schema that says so with ``may_be_left_out``."""
        if not req.get_data(cache=True) and getattr(schema, "may_be_left_out", False):
            return {}
        return super().load_json(req, schema)

    def _raw_load_json(self, req: Request) -> Any:
        body = req.get_data(cache=True)
        if not body:
            abort(400, messages={"json": ["a JSON body is needed"]})
        if not req.is_json:
            abort(415)
        try:
            return strict_json(body)
        except MalformedJson as problem:
            abort(400, exc=problem, messages={"json": [str(problem)]})

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        twice = {name: ["given more than once"] for name, values in req.args.lists() if len(values) > 1}
        if twice:
            abort(422, messages={"query": twice})
        return super().load_querystring(req, schema)
