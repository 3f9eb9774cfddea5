from deploy.launcher.backoff import RAPID, Backoff
from deploy.launcher.supervisor import ending


def test_the_delay_doubles_up_to_five_seconds() -> None:
    backoff = Backoff()
    assert [backoff.after(0.1) for _ in range(7)] == [0.3, 0.6, 1.2, 2.4, 4.8, 5.0, 5.0]


def test_the_tenth_rapid_death_in_a_row_is_the_last() -> None:
    backoff = Backoff()
    assert None not in [backoff.after(1.0) for _ in range(9)]
    assert backoff.after(1.0) is None


def test_a_long_life_is_forgiven() -> None:
    backoff = Backoff()
    for _ in range(9):
        backoff.after(1.0)
    assert backoff.after(RAPID) == 0.3
    assert backoff.after(1.0) == 0.6


def test_a_signal_is_called_by_its_name() -> None:
    assert (ending(-9), ending(1)) == ("SIGKILL", "exit 1")
