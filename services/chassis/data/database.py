"""The connection to a service's database: a bounded pool whose sessions never wait without end."""

from typing import Any

import orjson
import sqlalchemy as sa
from psycopg2.extensions import register_adapter
from psycopg2.extras import Json
from sqlalchemy.exc import DBAPIError

from services.chassis.data.round_trips import FewTripsConnection

SESSION_OPTIONS = " ".join(
    f"-c {option}"
    for option in (
        "statement_timeout=15000",
        "lock_timeout=5000",
        "idle_in_transaction_session_timeout=30000",
        "timezone=UTC",
        "jit=off",  # what services ask is short: to compile it takes longer than to answer it
        # what is planned once (data/planned.py, functions) is planned for all values: the server would, comparing costs
        # of microseconds, plan small statements anew each time
        "plan_cache_mode=force_generic_plan",
        # of a client that vanished (its host died) the server hears nothing: its locks must not outlive it for hours
        "tcp_keepalives_idle=15",
        "tcp_keepalives_interval=5",
        "tcp_keepalives_count=3",
    )
)
GIVE_UP_ON_A_SILENT_SERVER = {
    "connect_timeout": 3,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
RETRYABLE = {"40001", "40P01"}  # serialization failure, deadlock
DUPLICATE_KEY = "23505"
LOCK_NOT_AVAILABLE = "55P03"
NOT_MIGRATED = {"42P01", "42703"}  # no such table, no such column


def as_json(value: Any) -> str:
    return orjson.dumps(value).decode()


register_adapter(dict, lambda value: Json(value, dumps=as_json))  # what a text's parameter needs to become jsonb


def make_engine(
    url: str, pool_size: int = 5, application: str = "mall", isolation_level: str | None = None
) -> sa.Engine:
    """psycopg2, the driver that eventlet makes cooperative when it patches the process; blocking elsewhere.

    ``options`` of the address (``?options=-c role=…``) come on top of the session's own. ``isolation_level`` is that of
    all its sessions, if not the usual one. For one transaction a statement sets it: SQLAlchemy would set it back as the
    session returns to its pool, and if that fails the pool has a place less, for good.
    """
    address = sa.make_url(url).set(drivername="postgresql+psycopg2")
    options = f"{SESSION_OPTIONS} {address.query.get('options', '')}".rstrip()
    return sa.create_engine(
        address,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=3,
        pool_recycle=1800,
        pool_use_lifo=True,  # few sessions are busy, and have planned and looked up everything
        isolation_level=isolation_level,
        use_native_hstore=False,  # or every new connection asks the server for a type that nobody has
        hide_parameters=True,  # values of members must not get into logs by way of an error's text
        json_serializer=as_json,
        json_deserializer=orjson.loads,
        connect_args={
            "connection_factory": FewTripsConnection,
            "application_name": application,
            "options": options,
            **GIVE_UP_ON_A_SILENT_SERVER,
        },
    )


def is_worth_retrying(problem: BaseException) -> bool:
    """A lost connection, a deadlock or a serialization failure: the same work again may well succeed."""
    if not isinstance(problem, DBAPIError):
        return False
    return problem.connection_invalidated or _sqlstate(problem) in RETRYABLE


def is_away(problem: BaseException) -> bool:
    """The database cannot be reached, goes down or comes up, or has no connection, lock or time left: no fault of the
    work, which may be tried again later."""
    if isinstance(problem, sa.exc.OperationalError | sa.exc.TimeoutError):
        return True
    return isinstance(problem, DBAPIError) and problem.connection_invalidated


def is_out_of_reach(problem: BaseException) -> bool:
    """There was no session to be had, so this was not tried: with any other work it would have been the same. (What a
    server does not live through, a COMMIT for example, has lost its session.)"""
    if isinstance(problem, sa.exc.TimeoutError):
        return True
    if not isinstance(problem, sa.exc.OperationalError) or problem.connection_invalidated:
        return False
    return problem.statement is None and _sqlstate(problem) is None


def is_lock_timeout(problem: BaseException) -> bool:
    """Somebody held what this work waited for, for longer than it may wait."""
    return isinstance(problem, DBAPIError) and _sqlstate(problem) == LOCK_NOT_AVAILABLE


def is_duplicate_key(problem: BaseException, constraint: str | None = None) -> bool:
    if not isinstance(problem, DBAPIError) or _sqlstate(problem) != DUPLICATE_KEY:
        return False
    return constraint is None or problem.orig.diag.constraint_name == constraint  # type: ignore[union-attr]


def is_not_migrated(problem: BaseException) -> bool:
    """The database has not the tables that the code knows."""
    return isinstance(problem, DBAPIError) and _sqlstate(problem) in NOT_MIGRATED


def _sqlstate(problem: DBAPIError) -> str | None:
    return getattr(problem.orig, "pgcode", None)
