"""Files of partners' codes: whatever they hold, nothing comes in twice and every wrong row is named."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.code_files import last_day_said, rows_of, wrong_rows

TODAY = date(2026, 3, 2)
NUMBERS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=',"'), min_size=1, max_size=8)
DAYS = st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)).map(date.isoformat) | st.just("soon")


def test_headings_blank_lines_a_byte_order_mark_and_blanks_around_say_nothing():
    text = "\ufeffcode, expires_on\n\n GP-7741 , 2027-12-31\nGP-7742\n,\n"
    assert rows_of(text) == [
        {"row": 3, "code": "GP-7741", "expires_on": "2027-12-31"},
        {"row": 4, "code": "GP-7742", "expires_on": None},
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("abc", "not a code"),
        ("a" * 61, "not a code"),
        ("GP 7741", "not a code"),
        ("卡密卡密", "not a code"),
        ("GP-1,soon", "not a day"),
        ("GP-1,2027-12-31,2028-12-31", "not a day"),
        ("GP-1,2026-03-01", "expired"),
        ("KNOWN", "imported before"),
    ],
)
def test_what_is_wrong_with_a_row(line, why):
    (wrong,) = wrong_rows(rows_of(line), {"KNOWN"}, TODAY)
    assert wrong["row"] == 1
    assert why in wrong["why"]


def test_the_last_day_itself_is_still_good():
    assert wrong_rows(rows_of("GP-1,2026-03-02"), set(), TODAY) == []


@given(st.lists(st.tuples(NUMBERS, DAYS), max_size=20), st.sets(NUMBERS, max_size=5))
def test_what_is_not_wrong_comes_in_once_and_is_good(told, known):
    rows = [{"row": number, "code": code, "expires_on": day} for number, (code, day) in enumerate(told, 1)]
    wrong = {one["row"] for one in wrong_rows(rows, known, TODAY)}
    good = [row for row in rows if row["row"] not in wrong]
    numbers = [row["code"] for row in good]
    assert len(set(numbers)) == len(numbers)
    assert not known & set(numbers)
    assert all(last_day_said(row) is None or last_day_said(row) >= TODAY for row in good)
    for row in rows:
        others = [other["code"] for other in rows if other is not row]
        is_fine = len(row["code"]) >= 4 and row["code"] not in {*known, *others} and row["expires_on"] is None
        assert not (is_fine and row["row"] in wrong)


@given(st.lists(st.tuples(NUMBERS.filter(lambda code: code.lower() != "code"), st.none() | st.dates()), max_size=20))
def test_what_is_written_is_read_alike(told):
    text = "\n".join(code if day is None else f"{code},{day.isoformat()}" for code, day in told)
    read = [(row["row"], row["code"], last_day_said(row)) for row in rows_of(text)]
    assert read == [(number, code, day) for number, (code, day) in enumerate(told, 1)]
