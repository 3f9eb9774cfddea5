"""What bookings change in buckets: nothing gets lost between shares, buckets and balances."""

from datetime import date

import hypothesis.strategies as st
from hypothesis import given

from services.points.domain.buckets import Share, draw, less, merged, spendable, total
from services.points.domain.changes import Change, available_after, changed, together

TODAY = date(2026, 11, 20)
SOON, LATER = date(2026, 12, 31), date(2028, 12, 31)
shares = st.lists(
    st.builds(Share, st.integers(0, 2), st.dates(date(2026, 1, 1), date(2029, 12, 31)), st.integers(1, 500)),
    min_size=1, max_size=10,
).map(merged)  # fmt: skip


def test_a_bucket_of_which_a_part_is_spent_and_a_part_freed_changes_once():
    spent = changed([Share(0, SOON, 5), Share(0, LATER, 2)], remaining=-1, held=-1)
    freed = changed([Share(0, LATER, 8)], held=-1)

    assert together([*spent, *freed]) == [Change(0, SOON, -5, -5), Change(0, LATER, -2, -10)]


def test_what_expired_is_not_available_whatever_was_freed_there():
    free = [Share(0, date(2026, 11, 19), 100), Share(0, TODAY, 7)]
    freed = changed([Share(0, date(2026, 11, 19), 30), Share(0, TODAY, 3)], held=-1)

    assert available_after(free, freed, TODAY) == 10


@given(shares, st.data())
def test_holding_then_capturing_a_part_takes_that_part_and_frees_the_rest(free: list[Share], data: st.DataObject):
    drawn = draw(free, data.draw(st.integers(1, total(free))))
    spent = draw(drawn, data.draw(st.integers(1, total(drawn))))

    held = changed(drawn, held=1)
    captured = together([*changed(spent, remaining=-1, held=-1), *changed(less(drawn, spent), held=-1)])

    assert sum(change.held for change in held) == total(drawn) == -sum(change.held for change in captured)
    assert sum(change.remaining for change in captured) == -total(spent)
    assert len({(change.pool, change.expires_on) for change in captured}) == len(captured)
    after = {(share.pool, share.expires_on): share.points for share in free}
    for change in [*held, *captured]:
        after[change.pool, change.expires_on] += change.free
    left = [Share(*key, points) for key, points in after.items()]
    assert min(after.values()) >= 0
    assert available_after(free, [*held, *captured], TODAY) == total(spendable(left, TODAY))
