"""The building blocks of messages: strict in what they take, one form in what they give."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields

from services.chassis.schemas import (
    LARGEST_SAFE_INTEGER,
    Record,
    Request,
    choice,
    flag,
    identifier,
    instant,
    integer,
    listed,
    nested,
    text,
    to_wire,
)

HEX = "0192f0c1a2b37c4d8e5f60718293a4b5"


def load(field: fields.Field, value: Any) -> Any:
    return Request.from_dict({"it": field})().load({"it": value})["it"]


def refused(field: fields.Field, value: Any) -> bool:
    try:
        load(field, value)
    except ValidationError as problem:
        assert set(problem.messages_dict) == {"it"}
        return True
    return False


@given(st.integers(0, LARGEST_SAFE_INTEGER))
def test_whole_numbers_are_taken_as_they_are(value: int) -> None:
    assert load(integer(), value) == value


@pytest.mark.parametrize(
    "value", [-1, LARGEST_SAFE_INTEGER + 1, 10**30, 1.0, 1.5, "1", True, False, None, [], {}, 1e300]
)
def test_what_is_no_whole_number_in_range_is_refused(value: Any) -> None:
    assert refused(integer(), value)


@pytest.mark.parametrize(("value", "is_taken"), [(3, False), (4, True), (6, True), (7, False), (-5, False)])
def test_bounds_are_part_of_the_range(value: int, is_taken: bool) -> None:
    assert refused(integer(4, 6), value) != is_taken


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=20))
def test_text_of_any_script_is_taken_as_it_is(value: str) -> None:
    assert load(text(20), value) == value


@pytest.mark.parametrize("value", ["", "x" * 21, "a\x00b", 1, None, ["a"], {"a": 1}, True])
def test_what_is_no_text_in_range_is_refused(value: Any) -> None:
    assert refused(text(20), value)


@pytest.mark.parametrize(
    "value", [f"ord_{HEX}\n", f"ord_{HEX[1:]}", f"mbr_{HEX}", HEX, "ord_", f"ord_{HEX.upper()}", 1, None]
)
def test_what_is_no_id_of_its_kind_is_refused(value: Any) -> None:
    assert refused(identifier("ord"), value)
    assert not refused(identifier("ord"), f"ord_{HEX}")


@pytest.mark.parametrize("value", [1, 0, 1.0, "true", "yes", "on", None, [], "1"])
def test_only_true_and_false_are_flags(value: Any) -> None:
    assert refused(flag(), value)
    assert load(flag(), True) is True and load(flag(), False) is False


@pytest.mark.parametrize("value", ["gold ", "GOLD", "", None, 1, ["gold"], True])
def test_only_the_named_words_are_choices(value: Any) -> None:
    assert refused(choice("gold", "blue"), value)
    assert load(choice("gold", "blue"), "blue") == "blue"


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_an_instant_is_the_same_moment_after_a_journey(moment: datetime, offset: int) -> None:
    there = moment.replace(tzinfo=timezone(timedelta(minutes=offset)), microsecond=moment.microsecond // 1000 * 1000)
    assert load(instant(), to_wire(there)) == there
    assert load(instant(), there.isoformat()) == there


def test_instants_have_one_form_on_the_wire() -> None:
    schema = Record.from_dict({"at": instant()})()
    beijing = datetime(2026, 11, 21, 16, 0, 0, 123_456, timezone(timedelta(hours=8)))
    assert schema.dump({"at": beijing}) == {"at": "2026-11-21T08:00:00.123Z"}
    assert schema.dump({"at": "2026-11-21T08:00:00.123Z"}) == {"at": "2026-11-21T08:00:00.123Z"}
    assert load(instant(), "2026-11-21T08:00:00Z") == datetime(2026, 11, 21, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-11-21T25:00:00Z", 1763712000, None, {}]
)
def test_what_is_no_instant_is_refused(value: Any) -> None:
    assert refused(instant(), value)


class Line(Request):
    quantity = integer(1)


def test_lists_are_bounded_and_name_the_wrong_item() -> None:
    with pytest.raises(ValidationError) as wrong:
        load(listed(Line, shortest=1, longest=3), [{"quantity": 1}, {"quantity": 0}])
    assert list(wrong.value.messages_dict["it"]) == [1]
    for bad in ([], [{"quantity": 1}] * 4, {"quantity": 1}, "text", None):
        assert refused(listed(Line, shortest=1, longest=3), bad)


def test_a_request_refuses_what_it_does_not_know_and_a_record_ignores_it() -> None:
    extra = {"quantity": 1, "price": 9}
    assert refused(nested(Line), extra)
    assert Record.from_dict({"quantity": integer()})().load(extra) == {"quantity": 1}


def test_what_may_be_left_out_is_said() -> None:
    schema = Request.from_dict(
        {
            "must": text(),
            "may": text(allow_none=True),
            "usual": text(load_default="web"),
            "sub": nested(Line, allow_none=True),
        }
    )()
    assert schema.load({"must": "x"}) == {"must": "x", "may": None, "usual": "web", "sub": None}
    assert set(schema.validate({})) == {"must"}
    assert set(schema.validate({"must": None, "may": None})) == {"must"}
