"""Work in a process that dies on the way, like ``kill -9``."""

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.data.database import make_engine
from services.chassis.data.work import Works
from services.chassis.testkit import works_on

KILLED = 9


def die_doing(engine: sa.Engine, deed: Callable[[Works], Any], now: datetime, at: str, after: int) -> int:
    """Does ``deed`` in a forked process that dies at the event ``at`` of its engine once ``after`` of them are over.

    No handler runs, nothing is flushed. Returns the exit code, KILLED if it died.
    """
    url = engine.url.render_as_string(hide_password=False)
    child = os.fork()
    if child == 0:
        try:
            _do_until_death(url, deed, now, at, after)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _do_until_death(url: str, deed: Callable[[Works], Any], now: datetime, at: str, after: int) -> None:
    mortal = make_engine(url, pool_size=3, application="points-ops")
    left = iter(range(after))

    def count(*_: object) -> None:
        if next(left, None) is None:
            os._exit(KILLED)

    sa.event.listen(mortal, at, count)
    deed(works_on(mortal, clock=FixedClock(now)))
    os._exit(0)
