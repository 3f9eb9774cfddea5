"""How long a number waits for its next code."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.members.domain.code_limits import CodeLimit, wait_s

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
USUAL = [CodeLimit(60, 1), CodeLimit(3600, 5), CodeLimit(86_400, 10)]
limits = st.lists(st.builds(CodeLimit, st.integers(1, 5000), st.integers(1, 5)), min_size=1, max_size=4)
ages = st.lists(st.integers(0, 6000), max_size=30)


def ago(*seconds: float) -> list[datetime]:
    return [NOON - timedelta(seconds=age) for age in seconds]


def test_the_first_code_waits_for_nothing():
    assert wait_s(USUAL, [], NOON) == 0


def test_each_limit_holds_up_to_its_last_second():
    assert wait_s(USUAL, ago(0), NOON) == 60
    assert wait_s(USUAL, ago(59.2), NOON) == 1
    assert wait_s(USUAL, ago(60), NOON) == 0
    assert wait_s(USUAL, ago(61, 200, 300, 400, 3500), NOON) == 100


def test_the_longest_wait_counts():
    assert wait_s(USUAL, ago(10, 200, 300, 400, 3590), NOON) == 50
    assert wait_s(USUAL, ago(10, 200, 300, 400, 3500), NOON) == 100


def test_a_limit_of_none_lets_nobody_through():
    assert wait_s([CodeLimit(60, 0)], [], NOON) == 60


@given(limits, ages)
def test_who_waits_as_told_is_let_through_and_not_a_second_earlier(rules, seconds):
    wait = wait_s(rules, ago(*seconds), NOON)
    assert wait_s(rules, ago(*seconds), NOON + timedelta(seconds=wait)) == 0
    if wait:
        assert wait_s(rules, ago(*seconds), NOON + timedelta(seconds=wait - 1)) == 1


@given(limits, st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_no_window_ever_holds_more_than_its_limit(rules, pauses):
    sent: list[datetime] = []
    now = NOON
    for pause in pauses:
        now += timedelta(seconds=pause)
        if wait_s(rules, sent, now) == 0:
            sent.append(now)
    for rule in rules:
        window = timedelta(seconds=rule.window_s)
        assert all(sum(last - window < moment <= last for moment in sent) <= rule.most for last in sent)
