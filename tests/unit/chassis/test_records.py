"""The short way of lists of records: whatever comes, it reads, writes and refuses what the schema itself does."""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from marshmallow import Schema, ValidationError, fields, post_load

from services.chassis.records import Records, _columns_of
from services.chassis.schemas import Record, flag, identifier, instant, integer, listed, text


class Posting(Record):
    member_id = identifier("mbr")
    points = integer(1, 100)
    note = text(5, allow_none=True)
    rule = text(9, load_default="none")


class Short(Record):
    postings = listed(Posting, longest=3)


class Long(Record):
    postings = fields.List(fields.Nested(Posting), validate=Short().fields["postings"].validators, required=True)


MEMBER = "mbr_" + "a" * 32
values = st.one_of(
    st.sampled_from([MEMBER, "mbr_x", "", "abcdef", "\x00", 0, 1, 100, 101, -1, True, 1.0, "1", None]), st.integers()
)
well_formed = st.fixed_dictionaries(
    {
        "member_id": st.just(MEMBER),
        "points": st.integers(1, 100),
        "note": st.sampled_from(["x", None]),
        "rule": st.just("r"),
    }
)
names = st.sampled_from(["member_id", "points", "note", "rule", "new"])
odd = st.dictionaries(names, values) | well_formed.flatmap(
    lambda record: st.tuples(names, values).map(lambda one: record | dict([one]))
)
records = st.one_of(well_formed, well_formed, odd, st.none(), st.just([]), st.just("x"))
lists = st.one_of(st.lists(records, max_size=4), st.none(), st.just({}), st.just("x"))


def outcome(schema: Schema, value: Any, way: str) -> Any:
    try:
        return getattr(schema, way)({"postings": value})
    except ValidationError as problem:
        return problem.messages
    except Exception as problem:  # noqa: BLE001 — what dump does with nonsense
        return type(problem)


@given(lists)
def test_it_reads_and_refuses_what_the_schema_does(value: Any):
    assert outcome(Short(), value, "load") == outcome(Long(), value, "load")


@given(lists)
def test_it_writes_what_the_schema_does(value: Any):
    assert outcome(Short(), value, "dump") == outcome(Long(), value, "dump")


@given(st.lists(well_formed, max_size=3))
def test_what_it_reads_is_not_what_it_was_given(given: list):
    """Whoever changes what was read does not change the message."""
    (read,) = Short().load({"postings": given}).values()
    assert read == given
    assert not any(one is other for one, other in zip(read, given, strict=True))


class Renamed(Record):
    points = fields.Integer(data_key="p")


class Hooked(Record):
    points = integer()

    @post_load
    def double(self, data: dict, **_: Any) -> dict:
        return {"points": 2 * data["points"]}


class Moment(Record):
    at = instant()


class Flagged(Record):
    given = flag()


@pytest.mark.parametrize("schema", [Renamed, Hooked, Moment, Flagged])
def test_what_needs_its_schema_has_no_short_way(schema: type[Schema]):
    assert _columns_of(schema()) is None


def test_a_hook_is_not_passed_by():
    class Both(Record):
        ones = Records(Hooked)

    assert Both().load({"ones": [{"points": 2}]}) == {"ones": [{"points": 4}]}


def test_the_short_way_is_taken():
    assert _columns_of(Posting()) is not None
