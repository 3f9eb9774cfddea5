"""A service's time: what its database says, carried on by ticks, and no step of a clock is followed in haste."""

from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.data.database_clock import STEP_MUST_LAST_S, DatabaseClock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)


class Ticking:
    """Seconds since a machine was started, and what its database says meanwhile."""

    def __init__(self) -> None:
        self.seconds, self.wrong_by = 5_000.0, timedelta(0)
        self.clock = DatabaseClock(self.connect, lambda: self.seconds)

    @property
    def right(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds - 5_000)

    def connect(self, asked: float = 0, lay_here: float = 0) -> None:
        """The answer takes some seconds from being asked to what it says, and some more until it is looked at."""
        asked_at = self.seconds
        self.seconds += asked
        told = self.right + self.wrong_by
        self.seconds += lay_here
        self.clock.hear(told, asked_at)

    @property
    def is_off_by(self) -> timedelta:
        return self.clock.now() - self.right


@pytest.fixture
def machine() -> Ticking:
    return Ticking()


def test_who_needs_the_time_before_a_database_was_heard_makes_it_heard(machine: Ticking) -> None:
    assert machine.clock.now() == NOON


def test_without_a_database_there_is_no_time() -> None:
    def away() -> None:
        raise ConnectionError("nobody there")

    with pytest.raises(ConnectionError):
        DatabaseClock(away).now()


@pytest.mark.parametrize(("asked", "lay_here"), [(0, 45), (45, 0), (300, 300)])
def test_an_answer_that_was_long_under_way_is_no_error_of_the_clock(
    machine: Ticking, asked: float, lay_here: float
) -> None:
    machine.connect()
    machine.connect(asked, lay_here)
    assert machine.is_off_by == timedelta(0)


def test_of_the_first_answer_half_the_way_counts(machine: Ticking) -> None:
    machine.connect(2, 4)
    assert machine.is_off_by == timedelta(seconds=-1)


def test_between_two_connections_it_goes_on_by_ticks(machine: Ticking) -> None:
    machine.connect()
    machine.seconds += 40
    assert machine.clock.now() == NOON + timedelta(seconds=40)


@pytest.mark.parametrize("drift_s", [0.5, -0.5, 59, -59])
def test_a_small_drift_is_put_right_at_once(machine: Ticking, drift_s: float) -> None:
    machine.connect()
    machine.wrong_by = timedelta(seconds=drift_s)
    machine.connect()
    assert machine.is_off_by == timedelta(seconds=drift_s)


@pytest.mark.parametrize("step", [A_DAY, -A_DAY, timedelta(hours=-1)])
def test_a_step_that_is_put_right_again_was_never_followed(machine: Ticking, step: timedelta) -> None:
    machine.connect()
    for wrong_by in (step, step, timedelta(0), step):
        machine.wrong_by = wrong_by
        machine.seconds += STEP_MUST_LAST_S - 1
        machine.connect()
        assert machine.is_off_by == timedelta(0)


@pytest.mark.parametrize("step", [A_DAY, -A_DAY])
def test_a_step_that_lasts_is_followed_in_the_end(machine: Ticking, step: timedelta) -> None:
    machine.connect()
    machine.wrong_by = step
    machine.connect()
    machine.seconds += STEP_MUST_LAST_S
    assert machine.is_off_by == timedelta(0)
    machine.connect()
    assert machine.is_off_by == step


def test_a_clock_that_steps_again_and_again_is_not_followed(machine: Ticking) -> None:
    machine.connect()
    for hours in range(1, 6):
        machine.wrong_by = timedelta(hours=hours)
        machine.seconds += STEP_MUST_LAST_S
        machine.connect()
        assert machine.is_off_by == timedelta(0)
