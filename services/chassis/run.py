"""Starts one service as a process: ``python -m services.chassis.run services.points``."""

import services.chassis.green  # noqa: F401 — first of all: what is imported below must see the patched library

import faulthandler
import gc
import importlib
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import eventlet
import structlog
from nameko.runners import ServiceRunner

from services.chassis.bus.wire import use_fast_json
from services.chassis.logs import configure_logs
from services.chassis.settings import Settings, SettingsError, read_settings

log = structlog.get_logger(__name__)


def service_class(package: str) -> type:
    """The nameko service of ``<package>.service``: the class with that package's name."""
    module: ModuleType = importlib.import_module(f"{package}.service")
    name = package.rpartition(".")[2]
    found = [value for value in vars(module).values() if isinstance(value, type) and getattr(value, "name", "") == name]
    if len(found) != 1:
        raise SettingsError(f"{package}.service must define exactly one service class named {name!r}")
    return found[0]


@contextmanager
def _for_good() -> Iterator[None]:
    """What is made stays as long as the process lives: nobody looks for garbage in it, now or later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def main(package: str) -> int:
    name = package.rpartition(".")[2]
    try:
        with _for_good():
            service = service_class(package)
        settings = read_settings(
            name,
            uses_database=getattr(service, "uses_database", True),
            default_workers=getattr(service, "default_workers", 16),
        )
    except SettingsError as problem:
        print(f"{name} cannot start: {problem}", file=sys.stderr)
        return 2
    configure_logs(name, settings.log_level, settings.log_format)
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    use_fast_json()
    return run(service, settings)


def run(service: type, settings: Settings) -> int:
    runner = ServiceRunner(settings.as_nameko_config())
    runner.add_service(service)

    def stop(_signal: int, _frame: object) -> None:
        eventlet.spawn_n(runner.stop)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    runner.start()
    log.info("started")
    try:
        runner.wait()
    except Exception:
        log.exception("died")
        return 1
    log.info("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
