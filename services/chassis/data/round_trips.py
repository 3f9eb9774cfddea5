"""The driver's connection, with fewer round trips: BEGIN goes with the first statement, and COMMIT with the last.

psycopg2 sends BEGIN by itself and waits for its answer. Here it believes to be in autocommit mode, and transactions
are begun and ended by texts. What needs the driver's own transactions (server-side cursors, other isolation levels)
gets them until its transaction is over.
"""

from collections.abc import Callable
from typing import Any

from psycopg2.extensions import (
    ISOLATION_LEVEL_DEFAULT,
    ISOLATION_LEVEL_READ_COMMITTED,
    TRANSACTION_STATUS_IDLE,
    connection,
    cursor,
)

_USUAL = (None, ISOLATION_LEVEL_DEFAULT, ISOLATION_LEVEL_READ_COMMITTED)
_DRIVERS_OWN: Any = connection.autocommit


class FewTripsCursor(cursor):
    """Of FewTripsConnection."""

    connection: "FewTripsConnection"

    def execute(self, query: Any, parameters: Any = None) -> None:
        if self.connection.begins_by_text:
            if isinstance(query, str):
                query = self.connection.text_before() + query
            else:
                self._begin()
        super().execute(query, parameters)

    def executemany(self, query: Any, parameters: Any) -> None:
        self._begin()
        super().executemany(query, parameters)

    def callproc(self, *arguments: Any) -> Any:
        self._begin()
        return super().callproc(*arguments)

    def copy_expert(self, *arguments: Any, **more: Any) -> None:
        self._begin()
        super().copy_expert(*arguments, **more)

    def _begin(self) -> None:
        if self.connection.begins_by_text and (before := self.connection.text_before()):
            super().execute(before)


class FewTripsConnection(connection):
    """``autocommit`` means what it always means; it is off at first. ``plans`` is what this session has planned, and
    what it may (``services.chassis.data.plans``)."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.cursor_factory = FewTripsCursor
        self._autocommit, self._left = False, ""
        self.plans: dict[Any, Any] = {}
        _DRIVERS_OWN.__set__(self, True)

    @property
    def autocommit(self) -> bool:
        return self._autocommit

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        self._autocommit = value
        _DRIVERS_OWN.__set__(self, True)

    @property
    def begins_by_text(self) -> bool:
        return not self._autocommit and _DRIVERS_OWN.__get__(self)

    @property
    def has_left(self) -> bool:
        return bool(self._left)

    def set_isolation_level(self, level: int | None) -> None:
        super().set_isolation_level(level)
        self._autocommit = level == 0
        if level in _USUAL:
            _DRIVERS_OWN.__set__(self, True)

    def cursor(self, name: str | None = None, *arguments: Any, **more: Any) -> Any:  # type: ignore[override]
        if name is not None and self.begins_by_text:
            if self._left:
                with super().cursor() as first:
                    first.execute(";")
            _DRIVERS_OWN.__set__(self, False)
        return super().cursor(name, *arguments, **more)

    def commit(self) -> None:
        self._end("COMMIT", super().commit)

    def rollback(self) -> None:
        self._left = ""
        self._end("ROLLBACK", super().rollback)

    def leave(self, statement: str) -> None:
        """The next trip takes ``statement`` along: one without parameters, whose answer nobody wants."""
        if self.begins_by_text:
            self._left += f"{statement}; "
        else:
            with super().cursor() as now:
                now.execute(statement)

    def text_before(self) -> str:
        """What goes before the next statement: BEGIN, if there is no transaction yet, and what was left for it."""
        begin = "BEGIN; " if self.get_transaction_status() == TRANSACTION_STATUS_IDLE else ""
        left, self._left = self._left, ""
        return begin + left

    def _end(self, how: str, drivers_own: Callable[[], None]) -> None:
        if not self.begins_by_text:
            drivers_own()
            if self.isolation_level in _USUAL:
                self.autocommit = self._autocommit
        elif self._left or self.get_transaction_status() != TRANSACTION_STATUS_IDLE:
            with super().cursor() as last:
                last.execute(how)
