"""Contenders whose statements a test lets through one by one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from services.chassis.testkit.races import PATIENCE_S, Deed

GLANCE_S = 0.001  # after so long without news of a statement the database is asked whether it waits for a lock


class Contender:
    """What a thread of its own does, on an engine that stops before every statement and every commit."""

    def __init__(self, engine: sa.Engine, deed: Deed) -> None:
        self.engine, self.deed = engine.execution_options(), deed
        self.result: Any = None
        self.backend: int | None = None
        self.done = self.waits = self.released = False
        self._arrived, self._turn = threading.Semaphore(0), threading.Semaphore(0)
        sa.event.listen(self.engine, "before_cursor_execute", self._stop_before)
        sa.event.listen(self.engine, "commit", self._stop_and_release)
        sa.event.listen(self.engine, "rollback", self._release)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def step(self, watch: "Watch") -> None:
        """Its next statement, to the end of it or to a lock."""
        self._turn.release()
        self.settle(watch)

    def settle(self, watch: "Watch") -> None:
        """Waits until it stands before its next statement, is done, or waits for a lock (``waits``)."""
        for _ in range(int(PATIENCE_S / GLANCE_S)):
            if self._arrived.acquire(timeout=GLANCE_S):
                self.waits = False
                return
            if self.backend and watch.waits(self.backend):
                self.waits = True
                return
        raise TimeoutError("a contender neither went on nor waited for a lock")

    def _run(self) -> None:
        try:
            self.result = self.deed(self.engine)
        except Exception as problem:  # noqa: BLE001 - the test judges it
            self.result = problem
        self.done = True
        self._arrived.release()

    def _stop_before(self, connection: sa.Connection, _cursor: Any, statement: str, *_: Any) -> None:
        """Planning depends on which session of the pool it is, locks and changes nothing: no turn of its own."""
        if not statement.startswith("PREPARE "):
            self._stop(connection)

    def _stop(self, connection: sa.Connection) -> None:
        self.backend = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
        self._arrived.release()
        if not self._turn.acquire(timeout=PATIENCE_S):
            raise TimeoutError("its turn never came")

    def _stop_and_release(self, connection: sa.Connection) -> None:
        self._stop(connection)
        self._release()

    def _release(self, *_: Any) -> None:
        self.released = True


class Watch:
    """A session of its own that sees who waits for a lock."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def waits(self, backend: int) -> bool:
        self._cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", (backend,))
        return bool(self._cursor.fetchone()[0])


@contextmanager
def watching(engine: sa.Engine) -> Iterator[Watch]:
    connection = engine.raw_connection()
    connection.driver_connection.autocommit = True  # type: ignore[union-attr]
    try:
        yield Watch(connection.cursor())
    finally:
        connection.driver_connection.autocommit = False  # type: ignore[union-attr]
        connection.close()
