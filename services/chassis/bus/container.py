"""nameko's container with three guarantees more: every worker ends, is answered, and the process can stop."""

import contextlib
import sys
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
        """What nameko's does, without the lines about every step that it would write for a log which nobody keeps."""
        context = Context.from_data(worker_ctx.data)
        name = worker_ctx.entrypoint.method_name
        bind_context(context, name)
        limit = getattr(worker_ctx.entrypoint, "limit_s", None) or self.config["settings"].worker_limit_s
        self._inject_dependencies(worker_ctx)
        self._worker_setup(worker_ctx)
        result = exc_info = None
        try:
            method = self._bounded(getattr(worker_ctx.service, name), name, context, limit)
            result = method(*worker_ctx.args, **worker_ctx.kwargs)
        except Exception:  # noqa: BLE001 — whoever takes the result says what becomes of it
            exc_info = sys.exc_info()
        if handle_result is not None:
            result, exc_info = handle_result(worker_ctx, result, exc_info)
        self._worker_result(worker_ctx, result, exc_info)
        del exc_info  # it holds this very frame
        self._worker_teardown(worker_ctx)

    def _bounded(self, method: Callable, name: str, context: Context, limit: float) -> Callable:
        if (left := context.seconds_left()) is not None:
            limit = min(limit, left)

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
