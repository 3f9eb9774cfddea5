"""Who comes first is served first, and no place is lost."""

import eventlet
import pytest

from services.chassis.http_line import Line

AT_ONCE, LONG = 0.001, 5.0


@pytest.fixture
def line():
    return Line(1)


def come(line, name, served):
    """In the line once others had their turn to run."""

    def visit():
        if line.enter(LONG):
            served.append(name)

    visitor = eventlet.spawn(visit)
    eventlet.sleep(0)
    return visitor


def test_as_many_as_there_are_places(line):
    assert line.enter(AT_ONCE)
    assert not line.enter(AT_ONCE)


def test_who_comes_as_a_place_gets_free_does_not_pass_who_waits(line):
    served = []
    line.enter(AT_ONCE)
    waits = come(line, "first", served)

    line.leave()

    assert not line.enter(AT_ONCE)
    waits.wait()
    assert served == ["first"]


def test_the_order_of_coming(line):
    served = []
    line.enter(AT_ONCE)
    visitors = [come(line, name, served) for name in "abc"]
    for visitor in visitors:
        line.leave()
        visitor.wait()

    assert served == ["a", "b", "c"]


def test_who_went_away_is_not_called(line):
    line.enter(AT_ONCE)
    assert not line.enter(AT_ONCE)

    line.leave()

    assert line.enter(AT_ONCE)


def test_who_is_killed_in_the_line_is_not_called(line):
    line.enter(AT_ONCE)
    come(line, "killed", []).kill()

    line.leave()

    assert line.enter(AT_ONCE)


def test_who_is_killed_when_it_was_his_turn_hands_it_on(line):
    served = []
    line.enter(AT_ONCE)
    killed, waits = come(line, "killed", served), come(line, "next", served)

    line.leave()
    killed.kill()

    waits.wait()
    assert served == ["next"]
    line.leave()
    assert line.enter(AT_ONCE)
