"""The benchmark of events: its rows, and the look whether every event had its effect."""

import pytest

from tests.load.bench import hundreds
from tests.load.event_setting import insist_on_effects
from tests.load.events_bench import rows_of_bursts, rows_of_lag
from tests.load.failures import BenchFailed
from tests.load.frame import Measured


def measured(per_second: float, cpu_ms: float, latencies_ms: list[float] | None = None) -> Measured:
    return Measured({"producer": cpu_ms}, per_second, latencies_ms or [])


def test_the_goal_is_on_our_rate_and_the_floor_is_shown_beside_it() -> None:
    rate, beside, cpu = rows_of_bursts([measured(1600, 1.2)], [measured(3200, 0.3)])

    assert (rate.ours, rate.reference, rate.goal, rate.met) == (1600, None, ">= 1500", True)
    assert (beside.ours, beside.reference, beside.ratio, beside.goal, beside.met) == (1600, 3200, 0.5, "", None)
    assert (cpu.ours, cpu.reference, cpu.ratio, cpu.met) == (1.2, 0.3, 4.0, None)
    assert rows_of_bursts([measured(1499, 1.2)], [measured(3200, 0.3)])[0].met is False


def test_nearly_all_effects_must_come_within_a_second() -> None:
    """Two in a hundred that come late are more than one."""
    in_time, late = [10.0] * 98, [1_000.5, 1_000.5]

    assert [row.met for row in rows_of_lag(measured(900, 1.0, in_time + late), 900)] == [None, False]
    assert [row.met for row in rows_of_lag(measured(900, 1.0, in_time), 900)] == [None, True]


def test_the_floor_takes_hundreds() -> None:
    assert hundreds("300") == 300
    with pytest.raises(Exception, match="multiple of 100"):
        hundreds("250")


def test_events_without_an_effect_end_the_benchmark() -> None:
    insist_on_effects(found=2, sent=2)
    with pytest.raises(BenchFailed, match="3 events were sent, 2 have had their effect"):
        insist_on_effects(found=2, sent=3)
