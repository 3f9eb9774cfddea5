"""What a session has planned, so that it need not be planned again.

A constant statement is planned by itself where a session is asked for it again: PREPARE then, EXECUTE from then on.
Its parameters get the types that the server reads from the driver's words for their values, so that it means the same
either way; values of other types go as ever, and so does what the server cannot prepare.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import psycopg2
from psycopg2.extensions import AsIs

Values = Mapping[str, Any]
Types = Mapping[str, str]  # of the parameters

USES_UNTIL_PLANNED = 3  # in the first session of a process; two in all others
MOST = 300  # constants that one session keeps in mind: each plan takes some 20 to 50 kB of its memory
_PARAMETER = re.compile(r"(?<!%)(?:%%)*%\((\w+)\)s")
_PREPARABLE = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
# What finds its index only if the values are known; and several statements, of which only the first would be prepared.
_FOR_ITS_VALUES = re.compile(r";|\b(?:I?LIKE|LIMIT)\s+%\(|%\(\w+\)s(?: AS \w+(?:\[\])?\))?\)?\s+IS\b", re.IGNORECASE)
_NAMES = map("constant_{}".format, count(1))
_INTEGER, _BIGINT = 2**31, 2**63
_NARROWER = {"bigint": "integer", "bigint[]": "integer[]"}
_TYPES = {
    str: "unknown",  # as a literal: the server looks at what stands beside it
    dict: "unknown",
    bool: "boolean",
    bytes: "bytea",
    date: "date",
    timedelta: "interval",
}


class AutomaticPlan:
    """Of one constant. ``sql`` is the driver's, ``fixed`` are the values that belong to it."""

    def __init__(self, sql: str, fixed: Values) -> None:
        self._sql, self._fixed = sql, fixed
        self._parameters = [name for name in dict.fromkeys(_PARAMETER.findall(sql)) if name not in fixed]
        varying = _PARAMETER.sub(lambda found: "" if found[1] in fixed else found[0], sql)
        self._hopeless = not _PREPARABLE.match(sql) or _FOR_ITS_VALUES.search(varying) is not None
        self._used = False  # what came once was perhaps built for one call
        self._name = next(_NAMES)
        wanted = ", ".join(f"%({name})s" for name in self._parameters)
        self._execute = f"EXECUTE {self._name}({wanted})" if wanted else f"EXECUTE {self._name}"
        self._proven: Types | None = None  # with which the server could prepare it

    def words(self, cursor: Any, values: Values) -> tuple[str, Values]:
        """What is to be sent with this cursor, in a transaction: the statement, or EXECUTE."""
        if self._hopeless or not self._is_planned(cursor, values):
            return self._sql, values
        return self._execute, {name: as_literal(values[name]) for name in self._parameters}

    def _is_planned(self, cursor: Any, values: Values) -> bool:
        """Other threads may be at the same statement: with which types a session has planned it, it notes itself."""
        session: dict[AutomaticPlan, Types | None] = cursor.connection.plans
        if self not in session:
            if self._used and len(session) < MOST:
                session[self] = None
            self._used = True
            return False
        if any(values[name] is not value for name, value in self._fixed.items()):
            return False
        types = session[self]
        if types is None:
            types = session[self] = self._plan(cursor, values)
        return types is not None and all(_fits(values[name], types[name]) for name in self._parameters)

    def _plan(self, cursor: Any, values: Values) -> Types | None:
        """The first of the process tries it out; for it a failure must not be the transaction's."""
        types = self._proven or _types_of({name: values[name] for name in self._parameters})
        if types is None or cursor.connection.has_left:
            return None
        if self._proven is not None:
            cursor.execute(self._prepare(cursor, values, types))
            return types
        cursor.execute("SAVEPOINT planning")
        try:
            cursor.execute(self._prepare(cursor, values, types))
            self._proven = types
        except (psycopg2.ProgrammingError, psycopg2.DataError, psycopg2.NotSupportedError):
            cursor.execute("ROLLBACK TO SAVEPOINT planning")
            self._hopeless = True
        cursor.execute("RELEASE SAVEPOINT planning")
        return None if self._hopeless else types

    def _prepare(self, cursor: Any, values: Values, types: Types) -> str:
        places = {name: AsIs(f"${place}") for place, name in enumerate(self._parameters, 1)}
        declared = f"({', '.join(types[name] for name in self._parameters)})" if types else ""
        return f"PREPARE {self._name}{declared} AS {cursor.mogrify(self._sql, {**values, **places}).decode()}"


def as_literal(value: Any) -> Any:
    """A list as one word, for the server reads that quicker than an expression with an element each."""
    return f"{{{','.join(map(_element, value))}}}" if isinstance(value, list) else value


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        escaped = value.replace("\\", r"\\").replace('"', r"\"")
        return f'"{escaped}"'
    return str(value)


def _fits(value: Any, declared: str) -> bool:
    if value is None or value == []:
        return True
    told = _type_of(value)
    return told is not None and (told == declared or told == _NARROWER.get(declared))


def _types_of(values: Values) -> Types | None:
    told = {name: each for name, value in values.items() if (each := _type_of(value))}
    return told if len(told) == len(values) else None


def _type_of(value: Any) -> str | None:
    """As the server takes what the driver writes for the value, where that can be told."""
    if type(value) is int:
        return _type_of_number(value, value)
    if type(value) is datetime:
        return "timestamptz" if value.tzinfo else None
    if type(value) is list:
        return _type_of_list([each for each in value if each is not None])
    return _TYPES.get(type(value))


def _type_of_list(values: list[Any]) -> str | None:
    kinds = set(map(type, values))
    if kinds == {str}:
        return "text[]"
    if kinds == {int} and (each := _type_of_number(min(values), max(values))):
        return f"{each}[]"
    return None


def _type_of_number(least: int, most: int) -> str | None:
    if least >= -_INTEGER and most < _INTEGER:
        return "integer"
    return "bigint" if least >= -_BIGINT and most < _BIGINT else None
