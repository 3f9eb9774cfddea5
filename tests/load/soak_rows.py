"""What long use did to a mall: how much its memory grew, and whether the end was as the beginning."""

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from tests.load.frame import Measured, Row, compare, plain
from tests.load.http_driver import Answer
from tests.load.soak_samples import Sample

WARM_UP = 1 / 6
"""The share of the time until every worker has done everything once; not judged."""
PART = 1 / 6
"""Of the time: the first part after the warm-up is compared with the last."""
GOAL_MB_PER_MINUTE, GOAL_P99, GOAL_FLAT = 1.0, 1.2, 1.1
MINUTE_S = 60
What = TypeVar("What")


def rows_of_soak(seconds: float, samples: Sequence[Sample], answers: Sequence[Answer], done: int) -> list[Row]:
    warm = [sample for sample in samples if sample.at_s >= WARM_UP * seconds]
    return [
        row_of_failures(answers, done),
        row_of_latency(seconds, answers, done),
        *rows_of_memory(warm),
        _beside("soak.connections", "connections of PostgreSQL", "connections", seconds, warm, lambda s: s.connections),
        _beside("soak.files", "open files of services and gateway", "files", seconds, warm, lambda s: s.files),
        plain("soak.outbox", "age of the oldest event to publish, at most", "s", max(s.outbox_s for s in warm), 30),
    ]


def row_of_failures(answers: Sequence[Answer], done: int) -> Row:
    """And what else they were answered."""
    failed = Counter(answer.status for answer in answers if answer.status != done)
    told = ", ".join(f"{many} x {status or 'nothing'}" for status, many in failed.most_common())
    what = f"of {len(answers)} orders were not answered {done}{': ' if told else ''}{told}"
    return plain("soak.failed", what, "orders", failed.total(), 0)


def row_of_latency(seconds: float, answers: Sequence[Answer], done: int) -> Row:
    first, last = _parts(seconds, [(answer.at_s, answer) for answer in answers if answer.status == done])
    what = "99th percentile of answers in the last part, beside the first after the warm-up"
    return compare("soak.p99", what, "ms", [_p99(last)], [_p99(first)], GOAL_P99)


def rows_of_memory(warm: Sequence[Sample]) -> list[Row]:
    """Least squares over all samples after the warm-up."""
    unit = "MB/min"
    total = [(sample.at_s, sum(sample.rss_mb.values())) for sample in warm]
    what = "growth of RSS, services and gateway together"
    parts = [
        plain(f"soak.memory.{name}", f"growth of RSS: {name}", unit, _slope([(s.at_s, s.rss_mb[name]) for s in warm]))
        for name in warm[0].rss_mb
    ]
    return [plain("soak.memory", what, unit, _slope(total), GOAL_MB_PER_MINUTE), *parts]


def _slope(points: Sequence[tuple[float, float]]) -> float:
    """Per minute."""
    seconds, values = zip(*points, strict=True)
    return statistics.linear_regression(seconds, values).slope * MINUTE_S


def _beside(
    row_id: str, what: str, unit: str, seconds: float, warm: Sequence[Sample], of: Callable[[Sample], float]
) -> Row:
    first, last = _parts(seconds, [(sample.at_s, of(sample)) for sample in warm])
    said = f"most {what} in the last part, beside the first after the warm-up"
    return compare(row_id, said, unit, [max(last)], [max(first)], GOAL_FLAT)


def _parts(seconds: float, timed: Sequence[tuple[float, What]]) -> tuple[list[What], list[What]]:
    """Of the first part after the warm-up, and of the last."""
    begins, ends = WARM_UP * seconds, (WARM_UP + PART) * seconds
    first = [what for at_s, what in timed if begins <= at_s < ends]
    return first, [what for at_s, what in timed if at_s >= (1 - PART) * seconds]


def _p99(answers: Sequence[Answer]) -> float:
    return Measured({}, 0, [answer.milliseconds for answer in answers]).percentile(0.99)
