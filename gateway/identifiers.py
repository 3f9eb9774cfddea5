"""Identifiers in paths. What cannot be one names nothing, so it is answered 404 without asking anybody."""

from typing import Any

from flask import Flask
from flask_smorest import Api
from werkzeug.routing import BaseConverter, Map


class IdConverter(BaseConverter):
    """``<id("ord"):order_id>``; further words stand for themselves: ``<id("ses", "current"):session_id>``."""

    def __init__(self, url_map: Map, prefix: str, *words: str) -> None:
        super().__init__(url_map)
        self.regex = "|".join([rf"{prefix}_[0-9a-f]{{32}}", *words])


class NameConverter(BaseConverter):
    """``<name:carrier>``: a short plain name that ops give to a partner."""

    regex = r"[!-.0-~]{1,40}"


def register(app: Flask) -> None:
    app.url_map.converters.update(id=IdConverter, name=NameConverter)


def describe(api: Api) -> None:
    for converter in (IdConverter, NameConverter):
        api.register_converter(converter, _as_parameter)


def _as_parameter(converter: BaseConverter) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^({converter.regex})$"}
