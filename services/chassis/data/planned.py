"""Statements that a session plans once and then only executes.

For a small statement planning takes the server longer than doing it. The driver sends text, so what is to be kept is
named: PREPARE at a session's first use of it, EXECUTE from then on.
"""

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from services.chassis.data.plans import as_literal
from services.chassis.data.statements import Answer, execute, leave

_PARAMETER = re.compile(r"(?<!:):(\w+)")
_NAMED = postgresql.dialect(paramstyle="named")


class Planned:
    """One statement, or several that are sent together; each of them sees what was committed before it began.

    ``name`` is unique in the service. Parameters are ``:named``, or those of SQLAlchemy's that have no value yet; their
    types are those of the place where each comes first, so CAST where that does not say. Lists are arrays and a dict is
    jsonb; rows come as the driver gives them, by the names of columns. Do not begin a transaction with it if the
    transaction's isolation or mode is still to be set.
    """

    def __init__(self, name: str, *statements: str | sa.ClauseElement) -> None:
        texts = [each if isinstance(each, str) else _text_of(each) for each in statements]
        names = [f"{name}_{number}" for number in range(1, len(texts) + 1)]
        self._prepare = [sa.text(_prepare(*each)) for each in zip(names, texts, strict=True)]
        self._execute = sa.text("; ".join(map(_execute, names, texts)))

    def run(self, connection: sa.Connection, values: Mapping[str, Any]) -> Answer:
        """The rows of the last statement."""
        self._plan(connection)
        return execute(connection, self._execute, _as_literals(values))

    def leave(self, connection: sa.Connection, values: Mapping[str, Any]) -> None:
        """Done at the latest with COMMIT, and without an answer."""
        self._plan(connection)
        leave(connection, self._execute, _as_literals(values))

    def _plan(self, connection: sa.Connection) -> None:
        """Also in a transaction that rolls back the session keeps them; what it has is noted one by one, therefore."""
        driver: Any = connection.connection.driver_connection
        planned = driver.plans
        if self in planned:
            return
        for statement in self._prepare:
            if statement not in planned:
                execute(connection, statement)
                planned[statement] = True
        planned[self] = True


def _as_literals(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: as_literal(value) for name, value in values.items()}


def _text_of(statement: sa.ClauseElement) -> str:
    """With the values that it has."""
    compiled = statement.compile(dialect=_NAMED)
    assert isinstance(compiled, sa.sql.compiler.SQLCompiler)
    fixed = {
        name: compiled.render_literal_value(bind.value, bind.type)
        for bind, name in compiled.bind_names.items()
        if not bind.required
    }
    return _PARAMETER.sub(lambda found: fixed.get(found[1], found[0]), str(compiled))


def _parameters(statement: str) -> list[str]:
    return list(dict.fromkeys(_PARAMETER.findall(statement)))


def _prepare(name: str, statement: str) -> str:
    places = {parameter: f"${place}" for place, parameter in enumerate(_parameters(statement), 1)}
    return f"PREPARE {name} AS {_PARAMETER.sub(lambda found: places[found[1]], statement)}"


def _execute(name: str, statement: str) -> str:
    values = ", ".join(f":{parameter}" for parameter in _parameters(statement))
    return f"EXECUTE {name}({values})" if values else f"EXECUTE {name}"
