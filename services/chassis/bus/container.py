"""nameko's container with three guarantees more: every worker ends, is answered, and the process can stop."""

import contextlib
import time
from collections.abc import Callable
from typing import Any

import eventlet
import structlog
from greenlet import GreenletExit
from nameko.containers import ServiceContainer, WorkerContext

from services.chassis.context import Context
from services.chassis.logs import bind_context

log = structlog.get_logger(__name__)


class DeadlineExceeded(Exception):
    """The work took longer than its caller waits; its transaction was rolled back."""


class SafeContainer(ServiceContainer):
    """No BaseException leaves a worker: nameko answers and acks only for Exception, so it would hang for ever."""

    _stopping = False

    def _run_worker(self, worker_ctx: WorkerContext, handle_result: Any) -> None:
        context = Context.from_data(worker_ctx.data)
        bind_context(context, worker_ctx.entrypoint.method_name)
        name = worker_ctx.entrypoint.method_name
        limit = getattr(worker_ctx.entrypoint, "limit_s", None) or self.config["settings"].worker_limit_s
        setattr(worker_ctx.service, name, self._bounded(getattr(worker_ctx.service, name), name, context, limit))
        super()._run_worker(worker_ctx, handle_result)

    def _bounded(self, method: Callable, name: str, context: Context, limit: float) -> Callable:
        if context.deadline is not None:
            limit = min(limit, context.deadline - time.time())

        def bounded(*args: Any, **kwargs: Any) -> Any:
            if limit <= 0:
                raise DeadlineExceeded(f"{name}: the caller no longer waits")
            timeout = eventlet.Timeout(limit)
            try:
                return method(*args, **kwargs)
            except eventlet.Timeout as problem:
                raise DeadlineExceeded(f"{name}: not done after {limit:.1f} s") from problem
            except SystemExit as problem:
                raise RuntimeError(f"{name} asked the process to exit") from problem
            except GreenletExit as problem:
                if self._being_killed:
                    raise
                raise RuntimeError(f"{name} was broken off") from problem
            finally:
                timeout.cancel()

        return bounded

    def break_off(self, worker_ctx: WorkerContext) -> None:
        """The worker fails at once; its transaction is rolled back."""
        if thread := self._worker_threads.get(worker_ctx):
            thread.kill()

    def stop(self) -> None:
        """Graceful, but not for ever: after the grace what still runs is killed (its messages go back).

        Who asks again waits with the first: a second round of stopping would break off what the first one waits for.
        """
        if self._stopping:
            with contextlib.suppress(Exception):
                self._died.wait()
            return
        self._stopping = True
        killer = eventlet.spawn_after(self.config["settings"].stop_grace_s, self.kill)
        try:
            super().stop()
        finally:
            killer.cancel()
