"""Which notice of expiring points is due: the nearest, once."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from services.points.domain.expiry_notices import notice_due

GIVEN = (30, 7, 1)


@pytest.mark.parametrize(
    ("days_left", "due"),
    [(31, None), (30, 30), (29, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1)],
)
def test_a_missed_notice_is_given_until_the_next_one_is_due(days_left: int, due: int | None):
    assert notice_due(days_left, GIVEN, ()) == due


def test_a_notice_that_was_begun_goes_on():
    assert notice_due(29, GIVEN, (30,)) == 30


def test_after_a_nearer_one_no_earlier_one_is_due():
    """A clock that went back."""
    assert notice_due(8, GIVEN, (30, 7)) is None


def test_without_notices_none_is_due():
    assert notice_due(0, (), ()) is None


@given(st.sets(st.integers(1, 60)), st.lists(st.integers(0, 70)))
def test_whatever_days_are_missed_notices_come_nearer_and_never_late(given_days: set[int], looked_at: list[int]):
    begun: list[int] = []
    for days_left in sorted(looked_at, reverse=True):
        due = notice_due(days_left, given_days, begun)
        if due is None:
            assert not given_days or days_left > max(given_days)
        else:
            assert due >= days_left
            assert not any(days_left <= other < due for other in given_days)  # the next one is not due yet
            begun.append(due)
    assert begun == sorted(begun, reverse=True)
