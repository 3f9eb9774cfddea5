"""Which numbers are taken, and as what they are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.members.domain.phones import e164_of, masked


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800138000", "+8613800138000"),
        ("+8613800138000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        (" 138 0013 8000 ", "+8613800138000"),
        ("138-0013-8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("19912345678", "+8619912345678"),
        ("19900010001", "+8619900010001"),
    ],
)
def test_a_mainland_mobile_is_kept_as_e164(typed, kept):
    assert e164_of(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1380013800",
        "138001380000",
        "010-62770001",
        "+85291234567",
        "+85366123456",
        "+886912345678",
        "+12025550123",
        "12345678901",
        "11000000000",
        "+86 1380013800O",
        "1-800-FLOWERS",
        "13800138000;ext=1",
        "tel:13800138000",
        "13800138000\n19900010001",
        "१३८००१३८०००x",
        "+8601380013800",
        "400-800-8888",
    ],
)
def test_anything_else_is_not(typed):
    assert e164_of(typed) is None


def test_what_is_kept_is_taken_again_unchanged():
    assert e164_of("+8613800138000") == "+8613800138000"


@given(st.text(max_size=20))
def test_no_text_breaks_the_reading(typed):
    kept = e164_of(typed)
    assert kept is None or (len(kept) == 14 and e164_of(kept) == kept)


def test_masked_numbers_show_the_first_three_and_the_last_four():
    assert masked("+8613800138000") == "138****8000"
