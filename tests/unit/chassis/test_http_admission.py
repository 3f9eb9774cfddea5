"""Who is let in: a mall that serves one request after the other, in virtual time, and more of them than it can."""

import heapq
from collections import deque
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.http_admission import FEW, Admission, Entered

ANSWER_S = 2.0
MOST = 1000


@dataclass
class VirtualMall:
    """``service_s``: the time from one answer to the next while there is something to do."""

    service_s: float = 0.05
    now: float = 0.0
    free_at: float = 0.0
    took: list[float] = field(default_factory=list)
    refused: int = 0
    under_way: list[tuple[float, float, Entered]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.admission = Admission(MOST, ANSWER_S, lambda: self.now)

    def ask_for(self, seconds: float, per_second: float) -> None:
        """Requests at a steady rate, from now on."""
        began = self.now
        for place in range(round(seconds * per_second)):
            self.answer_until(began + place / per_second)
            if self.admission.reason_against():
                self.refused += 1
                continue
            self.free_at = max(self.free_at, self.now) + self.service_s
            heapq.heappush(self.under_way, (self.free_at, self.now, self.admission.enter()))
        self.answer_until(began + seconds)

    def answer_until(self, moment: float) -> None:
        while self.under_way and self.under_way[0][0] <= moment:
            self.now, asked_at, entered = heapq.heappop(self.under_way)
            self.admission.leave(entered)
            self.took.append(self.now - asked_at)
        self.now = moment


def test_what_can_be_served_is_let_in() -> None:
    mall = VirtualMall()

    mall.ask_for(seconds=30, per_second=19)

    assert mall.refused == 0
    assert max(mall.took) < 0.1


def test_of_five_times_as_many_as_many_are_served_as_can_be_and_nobody_waits_for_long() -> None:
    mall = VirtualMall()
    mall.ask_for(seconds=5, per_second=10)
    mall.took.clear()

    mall.ask_for(seconds=20, per_second=100)

    assert len(mall.took) >= 0.95 * 20 * 20
    assert max(mall.took) <= 1.1 * ANSWER_S
    assert mall.refused >= 1500


def test_when_it_is_over_everybody_is_let_in_within_a_moment() -> None:
    mall = VirtualMall()
    mall.ask_for(seconds=20, per_second=100)
    mall.ask_for(seconds=2, per_second=15)
    mall.refused = 0

    mall.ask_for(seconds=10, per_second=15)

    assert mall.refused == 0


def test_a_crowd_that_comes_at_once_is_let_in_as_far_as_it_can_be_served_in_time() -> None:
    mall = VirtualMall()
    mall.ask_for(seconds=5, per_second=10)
    mall.took.clear()

    mall.ask_for(seconds=0.1, per_second=2000)
    mall.answer_until(mall.now + 10)

    assert len(mall.took) + mall.refused == 200
    assert 0.9 * ANSWER_S <= max(mall.took) <= 1.1 * ANSWER_S


def test_a_few_come_in_however_long_it_takes() -> None:
    mall = VirtualMall(service_s=10.0)

    mall.ask_for(seconds=60, per_second=1)

    assert FEW - 1 <= mall.admission.inside <= FEW
    assert mall.refused > 0
    mall.service_s = 0.01
    mall.ask_for(seconds=300, per_second=0.1)
    mall.refused = 0

    mall.ask_for(seconds=10, per_second=50)

    assert mall.refused == 0


def test_a_crowd_that_is_served_all_at_once_is_let_in_again_and_again() -> None:
    """Forty who come at once, wait for something else and not for each other, and come back when they are answered."""
    admission = Admission(MOST, ANSWER_S, lambda: now)
    now = 0.0
    clients = deque((now, admission.enter()) for _ in range(40))
    for place in range(400):
        asked_at, entered = clients.popleft()
        now = asked_at + 0.5 * ANSWER_S + place / 10_000
        admission.leave(entered)
        assert admission.reason_against() is None
        clients.append((now, admission.enter()))


def test_more_than_there_is_room_for_do_not_come_in() -> None:
    admission = Admission(2, ANSWER_S)
    entered = [admission.enter(), admission.enter()]

    assert admission.reason_against() == "line_full"
    admission.leave(entered[0])
    assert admission.reason_against() is None


def test_who_waits_for_a_slow_partner_keeps_nobody_else_out() -> None:
    """Half of the requests wait for three seconds each, the others are answered at once: thirty inside."""
    mall = VirtualMall()
    for place in range(400):
        mall.answer_until(place / 20)
        assert mall.admission.reason_against() is None
        takes_s = 3.0 if place % 2 else 0.01
        heapq.heappush(mall.under_way, (mall.now + takes_s, mall.now, mall.admission.enter()))

    assert mall.admission.inside >= 30


@settings(max_examples=50, deadline=None)
@given(service_ms=st.integers(10, 300), times=st.floats(1.5, 8))
def test_whatever_an_answer_takes_and_however_many_ask_it_is_in_time(service_ms: int, times: float) -> None:
    """Where a few of them alone would take longer, those few. It is still learning when the crowd comes."""
    mall = VirtualMall(service_ms / 1000)
    mall.ask_for(seconds=5, per_second=500 / service_ms)
    mall.took.clear()

    mall.ask_for(seconds=10, per_second=times * 1000 / service_ms)
    mall.answer_until(mall.now + 30)

    assert max(mall.took) <= max(1.25 * ANSWER_S, (FEW + 1) * mall.service_s)
