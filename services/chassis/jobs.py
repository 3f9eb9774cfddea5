"""Timers: ``@every(seconds)`` runs in one replica at a time, ``@drain()`` in all of them while there is work.

A job is a row with a lease: whoever claims it runs it, and if that process dies the lease runs out and another
takes over. nameko's own timer would fire in every replica.
"""

from datetime import datetime
from typing import Any

import eventlet
import sqlalchemy as sa
import structlog
from eventlet.event import Event as Waiter
from nameko.extensions import Entrypoint, SharedExtension

from services.chassis import metrics
from services.chassis.data.database import make_engine
from services.chassis.data.statements import execute

AFTER_FAILURE_S = 1.0
AGAIN_AFTER_S = 60.0  # the longest that a failed run waits for the next, however rare the job
LOOKS_EVERY_S = 30.0  # for what is due, or was left behind by a replica that died
TO_GET_A_PLACE_S = 30.0  # a run begins when the pool has a place for it; its lease covers the wait too
QUIET_S = 3.0  # the longest that work waits which nobody announced
_CLAIM = sa.text("""
    INSERT INTO job (name, next_run_at, leased_until) VALUES (:name, now(), now() + make_interval(secs => :lease_s))
    ON CONFLICT (name) DO UPDATE SET leased_until = excluded.leased_until
    WHERE job.next_run_at <= now() AND coalesce(job.leased_until, '-infinity') < now()
    RETURNING leased_until
""")
_FINISH = sa.text("""
    UPDATE job SET leased_until = NULL, next_run_at = now() + make_interval(secs => :rest_s), last_finished_at = now(),
           last_error = :error, runs = runs + 1
    WHERE name = :name AND leased_until = :lease
""")
log = structlog.get_logger(__name__)


class _Loop(Entrypoint):
    """A greenthread that runs the method as a worker, again and again, and never dies of a failure."""

    limit_s: float | None = None  # the container's limit of every worker

    def start(self) -> None:
        self.running = True
        self.thread = self.container.spawn_managed_thread(self._loop, identifier=self.method_name)

    def stop(self) -> None:
        self.running = False
        if not self.stopped.ready():
            self.stopped.send(None)
        self._break_off_what_is_long()
        self.wake()
        self.thread.wait()

    def setup(self) -> None:
        self.waiter, self.stopped = Waiter(), Waiter()
        self.worker: Any = None

    def wake(self) -> None:
        if not self.waiter.ready():
            self.waiter.send(None)

    def _loop(self) -> None:
        while self.running:
            try:
                pause = self._turn()
            except Exception as problem:  # noqa: BLE001 — a timer must survive a database that is away
                log.warning("job_interrupted", job=self.method_name, problem=f"{type(problem).__name__}: {problem}")
                pause = AFTER_FAILURE_S
            self._pause(pause)

    def _pause(self, seconds: float) -> None:
        if seconds > 0 and self.running:
            with eventlet.Timeout(seconds, False):
                self.waiter.wait()
        if self.waiter.ready():
            self.waiter = Waiter()

    def _turn(self) -> float:
        raise NotImplementedError

    def _break_off_what_is_long(self) -> None:
        eventlet.sleep(0)  # by now it has begun: what never began could not say that it ended
        if self.limit_s and self.worker:
            self.container.break_off(self.worker)

    def _run_once(self) -> tuple[Any, BaseException | None]:
        """The method's result and problem; the worker has the whole chassis around it, as a request has."""
        done = Waiter()

        def finished(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send((result, exc_info[1] if exc_info else None))
            return result, exc_info

        context = {"actor": f"job:{self.method_name}", "channel": "job"}
        self.worker = self.container.spawn_worker(self, (), {}, context_data=context, handle_result=finished)
        if not self.running:  # stopped while it waited for its place
            self._break_off_what_is_long()
        result, problem = done.wait()
        self.worker = None
        if problem:
            log.error("job_failed", job=self.method_name, exc_info=problem)
        outcome = "failed" if problem else "ok"
        metrics.JOBS.labels(self.container.service_name, self.method_name, outcome).inc()
        return result, problem


class Drain(_Loop):
    """Runs while the method returns a true value ("there was work, there may be more"), then rests.

    Work that this process commits wakes it, though not more often than every ``idle_s``; what falls due by time alone,
    or comes from another replica, is found within ``QUIET_S``. All replicas run it; the method must claim its rows
    with SKIP LOCKED.
    """

    def __init__(self, idle_s: float = 0.5, **options: Any) -> None:
        self.idle_s = idle_s
        super().__init__(**options)

    def _turn(self) -> float:
        result, problem = self._run_once()
        if problem:
            return AFTER_FAILURE_S
        if result:
            return 0
        with eventlet.Timeout(self.idle_s, False):
            self.stopped.wait()
        return max(QUIET_S - self.idle_s, 0)


class _TimersEngine(SharedExtension):
    """One for all timers of a service: a claim takes milliseconds, and a server has a hundred connections to give."""

    def setup(self) -> None:
        name = f"{self.container.service_name}.timers"
        self.engine = make_engine(self.container.config["settings"].database_url, pool_size=2, application=name)

    def stop(self) -> None:
        self.engine.dispose()


class Every(_Loop):
    """Runs every ``seconds`` in one replica, for at most ``limit_s`` (what every worker may, if it is not given).

    The lease is longer than a run may live, so that none outlives it; ``lease_s`` makes it longer still. A run with a
    limit of its own is broken off when the process stops, and its lease ends with it: it must be able to go on later.
    """

    shared = _TimersEngine()

    def __init__(self, seconds: float, lease_s: float = 60, limit_s: float | None = None, **options: Any) -> None:
        self.seconds, self.lease_s, self.limit_s = seconds, lease_s, limit_s
        super().__init__(**options)

    def setup(self) -> None:
        super().setup()
        settings = self.container.config["settings"]
        self.name = f"{self.container.service_name}.{self.method_name}"
        self.lease_s = max(self.lease_s, (self.limit_s or settings.worker_limit_s) + TO_GET_A_PLACE_S)

    def _turn(self) -> float:
        lease = self._claim()
        if lease:
            _, problem = self._run_once()
            self._finish(lease, problem)
        return min(self.seconds, LOOKS_EVERY_S)

    def _claim(self) -> datetime | None:
        """The end of the lease, which is also its name; None if the job is not due or another replica runs it."""
        with self.shared.engine.begin() as database:
            return execute(database, _CLAIM, {"name": self.name, "lease_s": self.lease_s}).scalar_one_or_none()

    def _finish(self, lease: datetime, problem: BaseException | None) -> None:
        """Nothing, if the lease ran out and another replica has the job by now."""
        rest_s = min(self.seconds, AGAIN_AFTER_S) if problem else self.seconds
        error = str(problem)[:500] if problem else None
        with self.shared.engine.begin() as database:
            execute(database, _FINISH, {"name": self.name, "lease": lease, "rest_s": rest_s, "error": error})


every = Every.decorator
drain = Drain.decorator
