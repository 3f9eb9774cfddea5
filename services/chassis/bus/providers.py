"""The dependency provider with which a service gets its pieces of work: ``works = WorksProvider()``."""

from typing import Any

import structlog
from nameko.containers import WorkerContext
from nameko.extensions import DependencyProvider

from services.chassis.bus.relay import OutboxRelay
from services.chassis.bus.reply_channel import ReplyChannel
from services.chassis.bus.rpc_client import RpcCaller
from services.chassis.context import Context
from services.chassis.data.database import make_engine
from services.chassis.data.database_clock import DatabaseClock
from services.chassis.data.work import Works
from services.chassis.jobs import Drain

log = structlog.get_logger(__name__)


class WorksProvider(DependencyProvider):
    """One engine a process, one Works a worker. Commits happen inside the method: nameko replies and acks before
    its teardown hooks run, so a commit there would come after the answer."""

    replies = ReplyChannel()
    relay = OutboxRelay()

    def __init__(self, settings: Any = None) -> None:
        """``settings`` is a zero-argument reader of the service's own settings; use cases see ``works.settings``."""
        self.read_own_settings = settings

    def setup(self) -> None:
        settings = self.container.config["settings"]
        self.engine = make_engine(settings.database_url, settings.database_connections, settings.service)
        self.own_settings = self.read_own_settings() if self.read_own_settings else settings
        self.clock = DatabaseClock.of(self.engine)
        self.drains = [each for each in self.container.entrypoints if isinstance(each, Drain)]

    def stop(self) -> None:
        self.engine.dispose()

    kill = stop

    def get_dependency(self, worker_ctx: WorkerContext) -> Works:
        context = Context.from_data(worker_ctx.data)
        timeout_s = self.container.config["settings"].rpc_timeout_s
        return Works(
            engine=self.engine,
            context=context,
            clock=self.clock,
            rpc=RpcCaller(self.replies, context, timeout_s),
            settings=self.own_settings,
            after_commit=self._something_happened,
        )

    def _something_happened(self, emitted: bool) -> None:
        """A commit made an event true or applied one: there may be something to publish, and something to do."""
        if emitted:
            self.relay.wake()
        for drain in self.drains:
            drain.wake()


class RpcProvider(DependencyProvider):
    """``channel = RpcProvider()`` for a process without a database: the channel to make RpcCallers on."""

    replies = ReplyChannel()

    def get_dependency(self, worker_ctx: WorkerContext) -> ReplyChannel:
        return self.replies
