"""The services' real databases, in which it is as late as the simulation says, and commits go wrong where chance wants.

A transaction is one step: what happens beside it happens before it begins or after it has ended. How transactions meet
inside, statement by statement, is what the races of the integration tests are about.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.testkit import owner_of
from tests.simulation.scheduler import Crash, Scheduler

# ``now()`` of these databases is the simulation's: the schema comes before the server's own. And what is planned once,
# while the tables are empty, shall do when they are full.
VIRTUAL_TIME = """
    CREATE SCHEMA sim;
    GRANT USAGE ON SCHEMA sim TO PUBLIC;
    CREATE FUNCTION sim.now() RETURNS timestamptz STABLE RETURN current_setting('sim.now')::timestamptz;
    ALTER DATABASE "{name}" SET search_path = sim, pg_catalog, public;
    ALTER DATABASE "{name}" SET sim.now = '2000-01-01 00:00Z';
    ALTER DATABASE "{name}" SET enable_seqscan = off
"""
BEFORE_COMMIT, AFTER_COMMIT, UNKNOWN = 0.012, 0.012, 0.006


def give_virtual_time(engine: sa.Engine) -> None:
    with owner_of(engine).begin() as connection:
        connection.exec_driver_sql(VIRTUAL_TIME.format(name=engine.url.database))
    engine.dispose()
    owner_of(engine).dispose()


class Eyes:
    """Looks into a database as it lies there: each question is planned once, and takes one trip."""

    def __init__(self, engine: sa.Engine) -> None:
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._connection.begin()
        self._planned: dict[str, Planned] = {}

    def ask(self, question: sa.TextClause, **values: Any) -> list[Any]:
        text = question.text
        if text not in self._planned:
            self._planned[text] = Planned(f"question_{len(self._planned)}", text)
        return list(self._planned[text].run(self._connection, values).all())

    def close(self) -> None:
        self._connection.close()


class Store:
    """What a service has for its engine: one database, any number of replicas that may die at every commit."""

    def __init__(self, service: str, engine: sa.Engine, eyes: Eyes, scheduler: Scheduler) -> None:
        self.service, self.engine, self.ask, self.scheduler = service, engine, eyes.ask, scheduler
        self.has_news = False  # something is in the outbox, or may be
        self._next: dict[str, datetime] | None = None  # as it was when it was asked for last

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        fault = self.scheduler.chance.fault
        self.scheduler.pause()
        self._next = None
        with self.engine.begin() as connection:
            _driver(connection).leave(f"SET LOCAL sim.now TO '{self.scheduler.clock.now().isoformat()}'")
            yield connection
            if fault(f"{self.service} dies before its commit", BEFORE_COMMIT):
                raise Crash
            self.has_news |= "put_into_outbox" in _driver(connection)._left
        if fault(f"{self.service} dies after its commit", AFTER_COMMIT):
            raise Crash
        if fault(f"{self.service} loses its database after a commit that it does not hear of", UNKNOWN):
            raise sa.exc.OperationalError("COMMIT", None, ConnectionError("gone"), connection_invalidated=True)

    def next_jobs(self, statement: sa.TextClause) -> dict[str, datetime]:
        """When each job has something to do that nobody will tell it of; ``statement`` gives job and instant."""
        if self._next is None:
            self._next = {job: at for job, at in self.ask(statement) if at is not None}
        return self._next


def _driver(connection: sa.Connection) -> Any:
    return connection.connection.driver_connection
