"""The connection to a service's database: a bounded pool whose sessions never wait without end."""

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

SESSION_OPTIONS = " ".join(
    f"-c {option}"
    for option in (
        "statement_timeout=15000",
        "lock_timeout=5000",
        "idle_in_transaction_session_timeout=30000",
        "timezone=UTC",
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
NOT_MIGRATED = {"42P01", "42703"}  # no such table, no such column


def make_engine(url: str, pool_size: int = 5, application: str = "mall") -> sa.Engine:
    """psycopg2, the driver that eventlet makes cooperative when it patches the process; blocking elsewhere."""
    return sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg2"),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=3,
        pool_recycle=1800,
        hide_parameters=True,  # values of members must not get into logs by way of an error's text
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={"application_name": application, "options": SESSION_OPTIONS, **GIVE_UP_ON_A_SILENT_SERVER},
    )


def is_worth_retrying(problem: BaseException) -> bool:
    """A lost connection, a deadlock or a serialization failure: the same work again may well succeed."""
    if not isinstance(problem, DBAPIError):
        return False
    return problem.connection_invalidated or _sqlstate(problem) in RETRYABLE


def is_duplicate_key(problem: BaseException, constraint: str | None = None) -> bool:
    if not isinstance(problem, DBAPIError) or _sqlstate(problem) != DUPLICATE_KEY:
        return False
    return constraint is None or problem.orig.diag.constraint_name == constraint  # type: ignore[union-attr]


def is_not_migrated(problem: BaseException) -> bool:
    """The database has not the tables that the code knows."""
    return isinstance(problem, DBAPIError) and _sqlstate(problem) in NOT_MIGRATED


def _sqlstate(problem: DBAPIError) -> str | None:
    return getattr(problem.orig, "pgcode", None)
