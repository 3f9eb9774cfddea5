"""One load of orders: all accepted or no figures; other people's idle work taken off; rates by the answers alone."""

import time

import pytest

from tests.load.cpu import Group
from tests.load.failures import WrongAnswer
from tests.load.http_driver import Answer, Load
from tests.load.order_load import measure_orders


class Meter(Group):
    """A group that used 100 ms at the first reading and 700 ms at the second."""

    def __init__(self, name: str) -> None:
        super().__init__(name, ())
        object.__setattr__(self, "readings", iter([100.0, 700.0]))

    def milliseconds(self) -> float:
        return next(self.readings)  # type: ignore[attr-defined]


class Side:
    def __init__(self, status: int = 201, settling_s: float = 0.0) -> None:
        self.status, self.settling_s, self.settled = status, settling_s, False

    def place(self, orders: int, connections: int) -> Load:
        return Load([Answer(10.0, self.status, b'{"code":"why"}')] * orders, seconds=0.5)

    def settle(self, load: Load) -> None:
        time.sleep(self.settling_s)
        self.settled = True


def test_cpu_is_by_order_and_the_rate_is_that_of_the_answers() -> None:
    side = Side(settling_s=0.05)

    measured = measure_orders(side, [Meter("orders")], 60, 16)

    assert measured.cpu_ms == {"orders": 10.0}
    assert measured.per_second == 120.0
    assert measured.latencies_ms == [10.0] * 60
    assert side.settled


def test_what_a_shared_server_does_for_others_meanwhile_is_taken_off() -> None:
    started = time.perf_counter()
    measured = measure_orders(Side(settling_s=0.2), [Meter("db"), Meter("own")], 60, 16, {"db": 1000.0})
    longest = time.perf_counter() - started

    assert measured.cpu_ms["own"] == 10.0
    assert 10.0 - longest * 1000 / 60 <= measured.cpu_ms["db"] <= 10.0 - 200 / 60


def test_an_order_that_is_not_accepted_ends_the_benchmark() -> None:
    side = Side(status=503)

    with pytest.raises(WrongAnswer, match=r'answered 503: \{"code":"why"\}'):
        measure_orders(side, [Meter("orders")], 60, 16)
    assert not side.settled
