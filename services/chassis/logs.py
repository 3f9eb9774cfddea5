"""Structured logs: one JSON object a line, with the correlation and trace of the work that wrote it."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from services.chassis.context import Context

SAID_BY_US = ("nameko.containers",)  # a failing worker is logged once, where it is known what follows from it
NOISY = ("nameko.messaging", "amqp", "kombu", "werkzeug", "alembic")


def configure_logs(service: str, level: int, form: str) -> None:
    """For the whole process, also for libraries that log by the standard module."""
    renderer = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[_named(service), structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in SAID_BY_US:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name in NOISY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


@contextmanager
def logs_on_stderr() -> Iterator[None]:
    """For programs whose standard output is their answer. Afterwards everything is as it was."""
    before = structlog.get_config()
    structlog.configure(
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        structlog.configure(**before)


def bind_context(context: Context, operation: str) -> None:
    """Every line that this greenlet writes from here on says what it belongs to."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(
        operation=operation,
        correlation_id=context.correlation_id,
        trace_id=context.trace_id,
        actor=context.actor,
    )


def _named(service: str) -> Any:
    def add(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
        line["service"] = service
        return line

    return add
