"""Constant statements at nearly the price of a bare cursor, and planned once a session.

SQLAlchemy thinks about every statement for as long as driver and server need for it. One that comes again and again,
because it is a constant of some module, is therefore compiled once and handed to the driver as it is, or as EXECUTE
where the session has planned it (``services.chassis.data.plans``). What comes back, also as an error, is what
SQLAlchemy gives; whatever is unusual goes its way as ever.
"""

from collections.abc import Mapping
from typing import Any, NoReturn
from weakref import WeakKeyDictionary

import psycopg2
import sqlalchemy as sa
from sqlalchemy.engine.cursor import _NO_RESULT_METADATA
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler

from services.chassis.data.plans import AutomaticPlan

Parameters = Mapping[str, Any]


class Rows(IteratorResult[*tuple[Any, ...]]):
    """A result whose rows are all here. ``rowcount`` is how many rows the statement returned or changed."""

    def __init__(self, shape: Any, rows: list[tuple[Any, ...]], rowcount: int) -> None:
        super().__init__(shape, iter(rows))
        self.rowcount = rowcount


Answer = sa.CursorResult[*tuple[Any, ...]] | Rows


class Prepared:
    """A compiled statement; it must not hold the statement itself, under which it is kept as long as that lives.

    ``wants`` are the parameters that it was compiled for; None for a text, which names its own.
    """

    def __init__(self, compiled: SQLCompiler, wants: frozenset[str] | None) -> None:
        self.sql = str(compiled)
        self.wants = wants
        self.required = frozenset(name for bind, name in compiled.bind_names.items() if bind.required)
        self.columns, self.dialect = compiled._result_columns, compiled.dialect
        self.adapt: dict[str, Any] = dict(compiled._bind_processors)
        self.fixed = self._adapted(
            {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
        )
        self.plan = AutomaticPlan(self.sql, self.fixed)
        self.shape: tuple[list[str], Any] = ([], None)

    def fits(self, parameters: Parameters) -> bool:
        return self.required <= parameters.keys() and (self.wants is None or self.wants == parameters.keys())

    def values(self, parameters: Parameters) -> Parameters:
        return {**self.fixed, **self._adapted(parameters)} if self.fixed or self.adapt else parameters

    def rows(self, cursor: Any) -> Rows:
        if not cursor.description:
            return Rows(_NO_RESULT_METADATA, [], cursor.rowcount)
        names = [column.name for column in cursor.description]
        known, shape = self.shape
        if names != known:  # the first time, or ``SELECT *`` of a table that was altered
            shape = self._shape_of(names, cursor.description)
            self.shape = (names, shape)
        return Rows(shape, cursor.fetchall(), cursor.rowcount)

    def _shape_of(self, names: list[str], description: Any) -> SimpleResultMetaData:
        if len(self.columns) != len(names):  # a text knows nothing about its columns
            return SimpleResultMetaData(names, _ambiguous_keys=frozenset(n for n in names if names.count(n) > 1))
        types = [
            column.type._cached_result_processor(self.dialect, told.type_code)
            for column, told in zip(self.columns, description, strict=True)
        ]
        expressions = [tuple(each for each in column.objects if not isinstance(each, str)) for column in self.columns]
        return SimpleResultMetaData([column.keyname for column in self.columns], extra=expressions, _processors=types)

    def _adapted(self, values: Parameters) -> Parameters:
        return {name: self.adapt[name](value) if name in self.adapt else value for name, value in values.items()}


_ONCE, _NEVER = object(), object()  # came once, for that call alone as far as anybody knows; needs SQLAlchemy
_OUTDATED = ("0A000", "RevalidateCachedQuery")  # the server says it in many languages, but always there
_prepared: WeakKeyDictionary[sa.ClauseElement, Any] = WeakKeyDictionary()


def execute(connection: sa.Connection, statement: Any, parameters: Any = None) -> Answer:
    """As ``connection.execute``. In texts, lists are arrays and a dict is jsonb."""
    given = {} if parameters is None else parameters
    prepared = _find(statement, given, connection) if isinstance(given, Mapping) else None
    if prepared is None or not _is_ordinary(connection):
        return connection.execute(statement, parameters)
    try:
        values = prepared.values(given)
    except Exception:  # noqa: BLE001 — what is wrong with the values, SQLAlchemy says
        return connection.execute(statement, parameters)
    return _send(connection, prepared, values)


def leave(connection: sa.Connection, statement: Any, parameters: Parameters) -> None:
    """As ``execute``, for a statement whose answer nobody wants: it may travel with the next one, or with COMMIT."""
    prepared = _find(statement, parameters, connection)
    if prepared is None or not _is_ordinary(connection):
        execute(connection, statement, parameters)
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        driver.leave(cursor.mogrify(prepared.sql, prepared.values(parameters)).decode())


def _find(statement: Any, given: Parameters, connection: sa.Connection) -> Prepared | None:
    """None for what SQLAlchemy is to do: what was built for this call alone, or needs more than a cursor."""
    if not isinstance(statement, sa.ClauseElement):
        return None
    found = _prepared.get(statement, _ONCE if isinstance(statement, sa.TextClause) else None)
    if found is None:
        found = _prepared[statement] = _ONCE
    elif found is _ONCE:
        found = _prepared[statement] = _prepare(statement, given, connection.dialect) or _NEVER
    return found if isinstance(found, Prepared) and found.fits(given) else None


def _prepare(statement: Any, given: Parameters, dialect: sa.Dialect) -> Prepared | None:
    compiled = statement.compile(dialect=dialect, column_keys=sorted(given))
    if not isinstance(compiled, SQLCompiler) or _needs_more_than_a_cursor(statement, compiled):
        return None
    return Prepared(compiled, None if isinstance(statement, sa.TextClause) else frozenset(given))


def _needs_more_than_a_cursor(statement: Any, compiled: SQLCompiler) -> bool:
    """Options, IN lists that grow, defaults made in Python, keys given back unasked, columns matched by name."""
    return bool(
        statement.get_execution_options()
        or compiled.post_compile_params
        or compiled.literal_execute_params
        or compiled.escaped_bind_names
        or compiled.insert_prefetch
        or compiled.update_prefetch
        or compiled.implicit_returning
        or isinstance(statement, sa.TextualSelect)
        or any(bind.callable or bind.key != name for bind, name in compiled.bind_names.items() if bind.required)
    )


def _is_ordinary(connection: sa.Connection) -> bool:
    """In a plain transaction that nobody listens to: listeners of an engine see every statement."""
    watched = connection.engine._has_events or connection._has_events or connection._echo
    return connection.in_transaction() and not connection.in_nested_transaction() and not watched


def _send(connection: sa.Connection, prepared: Prepared, values: Parameters) -> Rows:
    cursor = None
    try:
        cursor = connection.connection.cursor()
        cursor.execute(*prepared.plan.words(cursor, values))
        rows = prepared.rows(cursor)
        cursor.close()
        return rows
    except BaseException as problem:  # noqa: BLE001 — also a time-out in the middle spoils the connection
        _raise(connection, problem, prepared.sql, values, cursor)


def _raise(connection: sa.Connection, problem: BaseException, sql: str, values: Parameters, cursor: Any) -> NoReturn:
    """As SQLAlchemy does: wrapped without values, a lost connection taken out of the pool. So is one whose plans are of
    tables that were altered, and with it all that are as old: a new one is worth another try."""
    if _has_outdated_plans(problem):
        cursor.connection.close()
    told = sql if isinstance(problem, psycopg2.Error) else None  # others stay what they are
    connection._handle_dbapi_exception(problem, told, values, cursor, None)


def _has_outdated_plans(problem: BaseException) -> bool:
    return isinstance(problem, psycopg2.Error) and (problem.pgcode, problem.diag.source_function) == _OUTDATED
