import secrets
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.codes import ALPHABET, as_printed, last_day, new_code


def test_a_code_is_four_groups_of_four_signs_without_lookalikes():
    assert new_code(lambda size: b"\0" * size) == "2222-2222-2222-2222"
    assert new_code(lambda size: b"\xff" * size) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    assert len(set(ALPHABET)) == 32
    assert not set("01IO") & set(ALPHABET)


@given(bits=st.binary(min_size=10, max_size=10))
def test_all_eighty_bits_are_in_the_code(bits):
    number = 0
    for sign in new_code(lambda size: bits).replace("-", ""):
        number = number * 32 + ALPHABET.index(sign)
    assert number.to_bytes(10, "big") == bits


def test_codes_differ():
    assert len({new_code(secrets.token_bytes) for _ in range(1000)}) == 1000


@given(st.binary(min_size=10, max_size=10), st.sampled_from(["", "-", " ", " - "]), st.booleans())
def test_however_a_code_is_typed_it_is_read_as_printed(bits, between, is_small):
    code = new_code(lambda size: bits)
    typed = between.join(code.split("-"))
    assert as_printed(typed.lower() if is_small else typed) == code


def test_what_is_none_of_ours_is_left_in_its_own_groups():
    assert as_printed(" ab-12 ") == "AB-12"


def test_the_last_day_is_counted_in_china():
    late_evening_utc = datetime(2027, 3, 1, 17, tzinfo=UTC)  # the second of March in China
    assert last_day(late_evening_utc, 30) == date(2027, 4, 1)
    assert last_day(late_evening_utc, None) is None
