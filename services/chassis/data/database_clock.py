"""The time of a service is its database's: its processes, wherever they run, agree on what is due."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog

log = structlog.get_logger(__name__)

AT_ONCE = timedelta(minutes=1)  # what is off by no more is followed when it is heard
STEP_MUST_LAST_S = 900.0
_TICKING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while the machine sleeps, where there is one
_ASK = "SELECT extract(epoch FROM clock_timestamp())"


def ticks() -> float:
    """Seconds of a clock that nobody can set."""
    return time.clock_gettime(_TICKING)


class DatabaseClock:
    """Each new connection asks the server for its time; in between the time goes on by ticks. So the clock of the
    process's own machine decides nothing, however wrong it is set.

    A server whose clock steps is not believed either, until a connection a quarter of an hour later hears the same:
    what was closed because a deadline seemed over stays closed when the clock is set right again.
    """

    def __init__(self, connect: Callable[[], None], ticks: Callable[[], float] = ticks) -> None:
        """``connect`` makes a connection, and so the server heard, for who needs the time before there is one."""
        self._connect, self._ticks = connect, ticks
        self._ahead: timedelta | None = None  # of the ticks
        self._doubted: tuple[timedelta, float] | None = None  # how far ahead the server says it is, and since when

    @classmethod
    def of(cls, engine: sa.Engine) -> "DatabaseClock":
        clock = cls(lambda: engine.connect().close())
        sa.event.listen(engine, "connect", clock._ask)
        return clock

    def now(self) -> datetime:
        """Fails as a connection does while no server was reached yet."""
        if self._ahead is None:
            self._connect()
        if self._ahead is None:
            raise LookupError("a connection was made, and its server was not asked for the time")
        return _at(self._ticks()) + self._ahead

    def hear(self, told: datetime, asked_at: float) -> None:
        """The server says what the time is; it was so at some moment since it was asked (in ticks). How long the
        answer took, and then lay here, is no error of a clock."""
        least, most = told - _at(self._ticks()), told - _at(asked_at)
        ahead = (least + most) / 2 if self._ahead is None else min(max(self._ahead, least), most)
        if self._ahead is None or abs(ahead - self._ahead) <= AT_ONCE or self._has_lasted(ahead):
            self._ahead, self._doubted = ahead, None
        elif self._doubted is None or abs(ahead - self._doubted[0]) > AT_ONCE:
            self._doubted = ahead, self._ticks()
            log.error("database_clock_stepped", by_s=(ahead - self._ahead).total_seconds())

    def _has_lasted(self, ahead: timedelta) -> bool:
        if self._doubted is None:
            return False
        doubted, since = self._doubted
        return abs(ahead - doubted) <= AT_ONCE and self._ticks() - since >= STEP_MUST_LAST_S

    def _ask(self, connection: Any, _record: Any) -> None:
        asked_at = self._ticks()
        with connection.cursor() as cursor:
            cursor.execute(_ASK)
            self.hear(_at(float(cursor.fetchone()[0])), asked_at)
        connection.rollback()


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
