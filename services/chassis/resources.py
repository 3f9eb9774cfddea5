"""Things that live as long as the process: a bound session, a pool of connections to an outside system."""

from collections.abc import Callable
from typing import Any, Protocol

from nameko.extensions import DependencyProvider

from services.chassis.context import Context
from services.chassis.data.database import make_engine
from services.chassis.data.database_clock import DatabaseClock
from services.chassis.data.work import Works


class Startable(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


class Resource(DependencyProvider):
    """``sms = Resource(open_sms_line, read_sms_settings)`` on a service; its methods see the object itself.

    ``factory(works)`` makes it once a process; ``works`` is for what the object does by itself, outside any request
    (it has settings, no ``rpc``). The object starts with the service, and stops after the last worker has ended.
    """

    def __init__(self, factory: Callable[[Works], Startable], settings: Callable[[], Any] | None = None) -> None:
        self.factory, self.read_own_settings = factory, settings

    def setup(self) -> None:
        settings = self.container.config["settings"]
        actor = f"resource:{self.attr_name}"
        self.engine = make_engine(
            settings.database_url, pool_size=2, application=f"{settings.service}-{self.attr_name}"
        )
        own_settings = self.read_own_settings() if self.read_own_settings else settings
        clock = DatabaseClock.of(self.engine)
        self.made = self.factory(Works(self.engine, Context.fresh(actor), clock, settings=own_settings))

    def start(self) -> None:
        self.made.start()

    def stop(self) -> None:
        self.made.stop()
        self.engine.dispose()

    kill = stop

    def get_dependency(self, worker_ctx: Any) -> Startable:
        return self.made
