"""Windows of sale: after every plan goods are on sale exactly when they should be, never twice at once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import GOODS_NOT_ON_SALE, SCHEDULE_OVERLAPS
from services.catalog.domain.schedule import Window, off_sale, replan, window_more
from services.chassis.refusal import Refused

DAY_0 = datetime(2027, 1, 1, tzinfo=UTC)
NOW = 10  # days are whole numbers here
LAST = 25


def day(number):
    return None if number is None else DAY_0 + timedelta(days=number)


def windows_of(edges, is_open):
    """Windows between consecutive edges, the last without end if ``is_open``."""
    pairs = list(zip(edges[::2], [*edges[1::2], None], strict=False))
    told = [(begin, end) for begin, end in pairs if end is not None or is_open]
    return [Window(day(begin), day(end), number) for number, (begin, end) in enumerate(told)]


plans = st.builds(windows_of, st.lists(st.integers(0, 20), unique=True, max_size=6).map(sorted), st.booleans())
days = st.integers(0, 20)


def after(windows, plan):
    return [Window(w.begins_at, plan.cut.get(w.id, w.ends_at), w.id) for w in windows] + list(plan.opened)


def days_on_sale(windows):
    """Every half day on which they are on sale; refuses to count twice."""
    found = [
        half
        for window in windows
        for half in range(2 * LAST)
        if window.begins_at <= DAY_0 + timedelta(days=half / 2) and not window.is_over(DAY_0 + timedelta(days=half / 2))
    ]
    assert len(found) == len(set(found)), "on sale twice at once"
    return {half / 2 for half in found}


@given(windows=plans, at=days)
def test_off_sale_is_off_sale_from_then_on_and_before_nothing_changes(windows, at):
    before = days_on_sale(windows)
    if not any(on >= at for on in before):
        with pytest.raises(Refused) as refusal:
            off_sale(windows, day(at))
        assert refusal.value.code == GOODS_NOT_ON_SALE
    else:
        assert days_on_sale(after(windows, off_sale(windows, day(at)))) == {on for on in before if on < at}


@given(windows=plans, begins=days, lasts=st.none() | st.integers(1, 5))
def test_a_window_more_is_taken_exactly_if_it_overlaps_none(windows, begins, lasts):
    wanted = Window(day(begins), day(lasts and begins + lasts))
    before, more = days_on_sale(windows), days_on_sale([wanted])
    if before & more:
        with pytest.raises(Refused) as refusal:
            window_more(windows, wanted)
        assert refusal.value.code == SCHEDULE_OVERLAPS
    else:
        assert days_on_sale(after(windows, window_more(windows, wanted))) == before | more


@given(windows=plans, begins=st.none() | days, ends=st.none() | days)
def test_an_import_says_when_goods_are_on_sale_from_now_on(windows, begins, ends):
    plan = replan(windows, day(begins), day(ends), day(NOW))
    planned, before = days_on_sale(after(windows, plan)), days_on_sale(windows)
    if begins is None and ends is None:
        assert planned == (before if windows else {on for on in days_on_sale([Window(day(0), None)]) if on >= NOW})
        return
    first = NOW if begins is None else max(begins, NOW)
    wanted = {on for on in days_on_sale([Window(day(0), None)]) if first <= on and (ends is None or on < ends)}
    assert {on for on in planned if on >= NOW} == wanted
    again = after(windows, plan)
    numbered = [Window(w.begins_at, w.ends_at, number) for number, w in enumerate(again)]
    assert days_on_sale(after(numbered, replan(numbered, day(begins), day(ends), day(NOW)))) == planned


def test_the_same_dates_again_change_nothing():
    windows = [Window(day(2), day(20), 1)]
    assert replan(windows, day(2), day(20), day(NOW)).cut == {}
    assert replan(windows, None, day(20), day(NOW)).opened == ()
