"""Gauges read from the database whenever somebody scrapes: every replica shows the same, and none an old value."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import structlog
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric

from services.chassis.data.work import Work, Works

log = structlog.get_logger(__name__)


class Reading(NamedTuple):
    """One gauge: its value by ``label``; under "" where there is none."""

    name: str
    meaning: str
    values: Mapping[str, float]
    label: str = ""


class Readings:
    """``readings = Resource(lambda works: Readings(works, read))`` on a service; ``read(work)`` gives the gauges."""

    def __init__(self, works: Works, read: Callable[[Work], Iterable[Reading]]) -> None:
        self.works, self.read = works, read

    def start(self) -> None:
        REGISTRY.register(self)

    def stop(self) -> None:
        REGISTRY.unregister(self)

    def describe(self) -> list[Metric]:
        """Nothing: the registry would collect instead, at a time when the database may be away."""
        return []

    def collect(self) -> Iterator[Metric]:
        """None while the database is away: what is not known is not shown."""
        try:
            with self.works.begin() as work:
                readings = list(self.read(work))
        except Exception as problem:  # noqa: BLE001 — the other metrics are wanted all the more then
            log.warning("readings_missing", problem=f"{type(problem).__name__}: {problem}")
            return
        for reading in readings:
            yield _family(reading)


def _family(reading: Reading) -> Metric:
    family = GaugeMetricFamily(reading.name, reading.meaning, labels=[reading.label] if reading.label else [])
    for key, value in reading.values.items():
        family.add_metric([key] if reading.label else [], value)
    return family
