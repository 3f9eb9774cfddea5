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


class NumberConverter(BaseConverter):
    """``<number:line_id>``: the number of a line, as text."""

    regex = r"[1-9][0-9]{0,18}"


class RunConverter(BaseConverter):
    """``<run:run_id>``: the name of a bill run, which the operator's billing gave it."""

    regex = r"[A-Za-z0-9_.:-]{1,60}"


class MonthConverter(BaseConverter):
    """``<month:month>``: 2026-10."""

    regex = r"20[0-9]{2}-(?:0[1-9]|1[0-2])"


class NameConverter(BaseConverter):
    """``<name:carrier>``: a short plain name that ops give to a partner."""

    regex = r"[!-.0-~]{1,40}"


def register(app: Flask) -> None:
    app.url_map.converters.update(
        id=IdConverter, name=NameConverter, number=NumberConverter, run=RunConverter, month=MonthConverter
    )


def describe(api: Api) -> None:
    for converter in (IdConverter, NameConverter, NumberConverter, RunConverter, MonthConverter):
        api.register_converter(converter, _as_parameter)


def _as_parameter(converter: BaseConverter) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^({converter.regex})$"}
