"""The life of a hold; cursors that can only be used where they were given."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from services.chassis.transitions import IllegalTransition
from services.points.domain.holds import HOLD
from services.points.domain.statement_cursor import cursor_after, position_of


def test_a_hold_is_resolved_at_most_once():
    for state in ("captured", "released", "barred"):
        assert HOLD.is_end(state)
    for event in ("capture", "release", "time_out"):
        with pytest.raises(IllegalTransition):
            HOLD.next("expired", event)


def test_a_release_before_its_hold_bars_it():
    assert HOLD.next("absent", "release") == "barred"
    assert not HOLD.allows("barred", "hold")


@given(st.integers(1, 2**63 - 1))
def test_a_cursor_leads_back_to_its_place(journal_id: int):
    assert position_of(cursor_after("mbr_1", journal_id), "mbr_1") == journal_id


@given(st.integers(1, 2**63 - 1))
def test_a_cursor_is_good_for_one_member(journal_id: int):
    assert position_of(cursor_after("mbr_1", journal_id), "mbr_2") is None


@given(st.text(max_size=200))
def test_other_texts_are_no_cursors(text: str):
    assert position_of(text, "mbr_1") is None
