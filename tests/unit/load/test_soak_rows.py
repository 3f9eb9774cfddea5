"""What is said of long use: growth by its slope, and the end beside the beginning."""

from tests.load.frame import Row
from tests.load.http_driver import Answer
from tests.load.soak_rows import rows_of_soak
from tests.load.soak_samples import Sample

SECONDS = 600.0


def samples(mb_per_minute: float = 0.0, last_connections: int = 40) -> list[Sample]:
    """Every ten seconds for ten minutes; in the first hundred memory grows a lot."""
    return [
        Sample(at, {"orders": _warming(at) + mb_per_minute * at / 60, "gateway": 90.0}, 200, connections, 0.4)
        for at in map(float, range(10, 610, 10))
        for connections in [last_connections if at > 500 else 40]
    ]


def _warming(at_s: float) -> float:
    return 100.0 if at_s >= 100 else at_s


def answers(first_ms: float = 50.0, last_ms: float = 50.0, status: int = 201) -> list[Answer]:
    served = [Answer(last_ms if at >= 500 else first_ms, 201, b"", float(at)) for at in range(600)]
    return [*served, Answer(1.0, status, b"", 300.0)]


def rows(seen: list[Sample], heard: list[Answer]) -> dict[str, Row]:
    return {row.id: row for row in rows_of_soak(SECONDS, seen, heard, 201)}


def test_a_mall_that_stays_as_it_is_meets_every_goal() -> None:
    told = rows(samples(), answers())

    assert {name for name, row in told.items() if row.met is False} == set()
    assert (told["soak.memory"].ours, told["soak.p99"].ratio, told["soak.connections"].ratio) == (0.0, 1.0, 1.0)


def test_memory_is_judged_by_its_slope_after_the_warm_up() -> None:
    told = rows(samples(mb_per_minute=1.5), answers())

    assert (told["soak.memory"].ours, told["soak.memory"].met) == (1.5, False)
    assert (told["soak.memory.orders"].ours, told["soak.memory.gateway"].ours) == (1.5, 0.0)


def test_the_end_is_compared_with_the_beginning() -> None:
    told = rows(samples(last_connections=50), answers(first_ms=50.0, last_ms=100.0))

    assert (told["soak.p99"].ratio, told["soak.p99"].met) == (2.0, False)
    assert (told["soak.connections"].ratio, told["soak.connections"].met) == (1.25, False)
    assert told["soak.files"].met


def test_who_was_not_served_is_counted() -> None:
    told = rows(samples(), answers(status=503))

    assert (told["soak.failed"].ours, told["soak.failed"].met) == (1, False)
    assert told["soak.failed"].what == "of 601 orders were not answered 201: 1 x 503"
