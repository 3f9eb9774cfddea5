"""What is said of answers to too many requests: goodput, refusals, recovery; and what is no lawful answer."""

import pytest

from tests.load.failures import WrongAnswer
from tests.load.http_driver import Answer, Load
from tests.load.overload_rows import Kind, Phase, insist_on_lawful, recovery_s, row_of_recovery, rows_of_phase

ORDERS = Kind("orders", "orders", 201)


def phase(*answers: Answer, times: float = 1.0, peak: float = 10.0, seconds: float = 8.0) -> Phase:
    return Phase(ORDERS, times, peak, seconds, Load(list(answers), seconds))


def served(at_s: float, ms: float = 50.0) -> Answer:
    return Answer(ms, 201, b"{}", at_s)


def refused(at_s: float, ms: float = 5.0, status: int = 503, retry_after: str = "1") -> Answer:
    return Answer(ms, status, b"{}", at_s, retry_after)


def lost(at_s: float, why: bytes) -> Answer:
    return Answer(30_000.0, 0, why, at_s)


def steadily(seconds: int, each_second: int, ms: float = 50.0) -> list[Answer]:
    return [served(place / each_second, ms) for place in range(seconds * each_second)]


def test_goodput_is_what_came_after_the_ramp_and_before_the_end() -> None:
    """8 s, of which two are the ramp: 6 s at 9 a second; what comes after the end is not counted."""
    late = [served(7.9, 5_000.0)] * 40

    rows = {row.id: row for row in rows_of_phase(phase(*steadily(8, 9), *late, times=5.0))}

    goodput = rows["P10.orders.5x.goodput"]
    assert (goodput.ours, goodput.reference, goodput.ratio, goodput.met) == (9.0, 10.0, 0.9, True)


def test_refusals_are_counted_and_timed_and_those_of_rate_limits_named() -> None:
    answers = [served(3.0), refused(3.0, 20.0), refused(3.1, 140.0, status=429)]

    rows = {row.id: row for row in rows_of_phase(phase(*answers, times=2.0))}

    assert rows["P10.orders.2x.refused"].ours == 2
    assert "1 of them by rate limits" in rows["P10.orders.2x.refused"].what
    assert (rows["P10.orders.2x.refused.p99"].ours, rows["P10.orders.2x.refused.p99"].met) == (140.0, False)


def test_what_a_generator_is_late_is_told_apart_from_what_the_mall_takes() -> None:
    late = Answer(140.0, 503, b"{}", 3.0, "1", late_ms=90.0)

    rows = {row.id: row for row in rows_of_phase(phase(late))}

    assert (rows["P10.orders.1x.refused.p99"].ours, rows["P10.orders.1x.refused.p99"].met) == (140.0, False)
    assert (rows["P10.orders.1x.refused.sent.p99"].ours, rows["P10.orders.1x.refused.sent.p99"].met) == (50.0, True)


def test_what_got_no_answer_is_named() -> None:
    answers = [lost(1.0, b"time-out"), lost(2.0, b"time-out"), lost(3.0, b"connection refused")]

    rows = {row.id: row for row in rows_of_phase(phase(*answers))}

    row = rows["P10.orders.1x.lost"]
    assert (row.ours, row.met) == (3, False)
    assert "2 x time-out, 1 x connection refused" in row.what
    assert "P10.orders.1x.refused.p99" not in rows


@pytest.mark.parametrize("answer", [refused(0.0, status=500), refused(0.0, status=409), refused(0.0, retry_after="")])
def test_any_other_answer_ends_the_benchmark(answer: Answer) -> None:
    with pytest.raises(WrongAnswer, match="5 x the peak: orders was answered"):
        insist_on_lawful(phase(served(0.0), answer, times=5.0))


def test_lawful_answers_end_nothing() -> None:
    insist_on_lawful(phase(served(0.0), refused(0.0), refused(0.0, status=429), lost(0.0, b"time-out")))


def test_it_is_over_when_two_seconds_in_a_row_are_as_before() -> None:
    """The third second is as before, the fourth is not, the fifth and sixth are."""
    before = phase(*steadily(8, 10))
    after = [served(0.5, 900.0), refused(1.5), served(2.5), refused(3.5), served(4.5), served(5.5, 59.0)]

    assert recovery_s(before, phase(*after)) == 4.0
    row = row_of_recovery(before, phase(times=5.0), phase(*after))
    assert (row.id, row.ours, row.met) == ("P10.orders.5x.recovery", 4.0, True)


def test_it_is_not_over_where_it_never_is_as_before() -> None:
    assert recovery_s(phase(*steadily(8, 10)), phase(*steadily(8, 10, ms=61.0))) == 8.0


def test_who_was_turned_away_before_may_be_turned_away_after() -> None:
    before = phase(served(0.0), refused(0.0))

    assert recovery_s(before, phase(served(0.1), refused(0.1), served(1.1), refused(1.2))) == 0.0
