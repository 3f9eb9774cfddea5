"""How the line slows down and recovers."""

from services.notifications.domain.pace import LONGEST_REST_S, SHORTEST_REST_S, Pace
from services.notifications.domain.retrying import ChannelPolicy


def test_room_is_what_the_window_leaves():
    pace = Pace(10)
    assert (pace.room(0, 0), pace.room(4, 0), pace.room(12, 0)) == (10, 6, 0)


def test_throttling_halves_the_window_and_rests():
    pace = Pace(10)
    pace.throttled(now=100.0)
    assert pace.room(0, 100.1) == 0
    assert pace.room(0, 100.0 + SHORTEST_REST_S) == 5


def test_a_burst_of_throttled_answers_counts_once():
    pace = Pace(16)
    for _ in range(10):
        pace.throttled(now=100.0)
    assert pace.room(0, 200.0) == 8


def test_rests_grow_to_a_limit_and_one_message_always_stays_possible():
    pace, now, rests = Pace(16), 0.0, []
    for _ in range(12):
        pace.throttled(now)
        rests.append(pace.resting_until - now)
        now = pace.resting_until
    assert rests[:3] == [SHORTEST_REST_S, 2 * SHORTEST_REST_S, 4 * SHORTEST_REST_S]
    assert rests[-1] == LONGEST_REST_S
    assert pace.room(0, now) == 1


def test_accepted_messages_open_the_window_again():
    pace = Pace(8)
    pace.throttled(0.0)
    for _ in range(100):
        pace.accepted(10.0)
    assert pace.room(0, 10.0) == 8
    assert pace.rest_s == SHORTEST_REST_S


def test_waits_between_tries_double_up_to_the_longest():
    policy = ChannelPolicy(most_attempts=9, first_retry_s=10, longest_retry_s=60, lease_s=60, batch=20)
    assert [policy.wait_s(attempts) for attempts in range(1, 6)] == [10, 20, 40, 60, 60]
    assert policy.wait_s(10_000) == 60
