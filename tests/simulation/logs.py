"""What services log while they are simulated goes into the trace; what breaks in them is not passed over."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
import structlog

from services.chassis.bus.faults import RpcFault
from services.logistics.domain.answers_of_carriers import CarrierUnavailable
from services.orders.domain.provider import ProviderUnavailable
from tests.simulation.scheduler import Trace

WARNING = 30
MEANT = (RpcFault, CarrierUnavailable, ProviderUnavailable, sa.exc.OperationalError)  # what the simulation does to them


@contextmanager
def logs_in(trace: Trace, broken: list[str]) -> Iterator[None]:
    def note(logger: Any, level: str, entry: dict[str, Any]) -> dict[str, Any]:
        told = {name: value for name, value in entry.items() if name not in ("event", "exc_info")}
        problem = _problem_of(entry.get("exc_info"))
        trace.note(f"{level} {entry['event']}: {told} {problem or ''}")
        if problem is not None and not isinstance(problem, MEANT):
            broken.append(f"{entry['event']}: {type(problem).__name__}: {problem} {told}")
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[note], wrapper_class=structlog.make_filtering_bound_logger(WARNING))
    try:
        yield
    finally:
        structlog.configure(**before)


def _problem_of(exc_info: Any) -> BaseException | None:
    """``exc_info`` as it is logged: an exception, or true for the one that is being handled."""
    return exc_info if isinstance(exc_info, BaseException) else sys.exc_info()[1] if exc_info else None
