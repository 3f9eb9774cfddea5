"""When a nightly job is due."""

from datetime import UTC, datetime, timedelta

from services.chassis.clock import is_due_tonight

NIGHT = datetime(2026, 11, 21, 18, tzinfo=UTC)  # two in the morning in China


def test_once_a_night_and_at_night_alone():
    assert is_due_tonight(NIGHT - timedelta(days=1), NIGHT)
    assert not is_due_tonight(NIGHT, NIGHT + timedelta(hours=2))
    assert not is_due_tonight(NIGHT - timedelta(days=1), NIGHT + timedelta(hours=6))


def test_who_is_never_up_at_night_has_it_by_day():
    noon = NIGHT + timedelta(hours=10)
    assert is_due_tonight(None, noon)
    assert is_due_tonight(noon - timedelta(hours=37), noon)
    assert not is_due_tonight(noon - timedelta(hours=35), noon)
