"""The life of a code: however it goes, it is used at most once at a time, and what is voided stays so."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog import contract
from services.catalog.domain.code_life import (
    CODE_LIFE,
    Deed,
    refuse_unless_good,
    refuse_unless_undoable,
    refuse_unless_unused,
    state_of,
    state_shown,
)
from services.chassis.clock import local_date
from services.chassis.refusal import Refused

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
MINUTES = timedelta(minutes=10)
LAST_DAY = local_date(NOON) + timedelta(days=3)
WHAT = {"verify": "verified", "undo": "undone", "void": "voided"}
GUARDS = {
    "verify": lambda last, now: refuse_unless_good(last, LAST_DAY, now),
    "undo": lambda last, now: refuse_unless_undoable(last, MINUTES, now),
    "void": lambda last, now: refuse_unless_unused(last),
}


@given(st.lists(st.tuples(st.sampled_from(list(WHAT)), st.integers(0, 50_000))))
def test_whatever_is_tried_with_a_code(tries):
    last, now, uses, deeds = None, NOON, 0, []
    for what, seconds in tries:
        now += timedelta(seconds=seconds)
        try:
            GUARDS[what](last, now)
        except Refused:
            assert not _is_lawful(what, last, now)
            continue
        assert _is_lawful(what, last, now)
        CODE_LIFE.next(state_of(last), what)  # the table agrees with the refusals
        uses += {"verify": 1, "undo": -1, "void": 0}[what]
        last = Deed(len(deeds) + 1, WHAT[what], "stk", "staff:wang", now)
        deeds.append(what)
        assert uses in (0, 1)
    assert "void" not in deeds[:-1] and (not deeds or deeds[-1] != "void" or uses == 0)


def _is_lawful(what, last, now):
    state = state_of(last)
    if what == "undo":
        return state == "verified" and now - last.done_at <= MINUTES
    return state == "issued" and (what == "void" or local_date(now) <= LAST_DAY)


@pytest.mark.parametrize(
    ("what", "code"), [("verified", contract.CODE_USED), ("voided", contract.CODE_VOIDED), ("undone", None)]
)
def test_why_a_code_is_not_good(what, code):
    last = Deed(1, what, "stk", "staff:wang", NOON)
    if code is None:
        refuse_unless_good(last, LAST_DAY, NOON)
        return
    with pytest.raises(Refused) as refused:
        refuse_unless_good(last, LAST_DAY, NOON)
    assert refused.value.code == code


def test_expired_is_shown_of_what_nobody_used():
    late = NOON + timedelta(days=4)
    used, voided = (Deed(1, what, "stk", "staff:wang", NOON) for what in ("verified", "voided"))
    shown = [state_shown(last, LAST_DAY, late) for last in (None, used, voided)]
    assert shown == ["expired", "verified", "voided"]
    assert state_shown(None, None, late) == "issued"
