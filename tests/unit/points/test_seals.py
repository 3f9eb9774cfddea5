"""Seals: what their hash covers, and how two versions of a block are told apart row by row."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given

from services.points.domain.seals import FORM_WITHOUT_RECORDS, GENESIS, Head, RowName, Seal, Sealing, named_prints
from services.points.domain.seals_compare import ALTERED, DELETED, INSERTED, Difference, differences

START = Head()
NOW = datetime(2026, 11, 20, 4, 0, 0, 7, tzinfo=UTC)


def sealed(rows: list[str], head: Head = START) -> Seal:
    """One journal an entry, both with the same text."""
    block = Sealing()
    for place, line in enumerate(rows, start=1):
        block.add_journal(head.last_journal + place, line)
    for place, line in enumerate(rows, start=1):
        block.add_entry(head.last_journal + place, 0, 100 + place, line)
    return block.after(head, head.last_journal + len(rows), NOW)


def test_the_first_block_follows_nothing():
    seal = sealed(["a", "b"])

    assert (seal.block, seal.prev, seal.first_journal, seal.last_journal) == (1, GENESIS, 1, 2)
    assert (seal.journals, seal.entries, len(seal.entry_prints), len(seal.journal_prints)) == (2, 2, 16, 16)
    assert seal.hash == seal.own_hash()


def test_the_hash_of_a_seal_is_what_it_always_was():
    """Another form of header or content needs another name of the form: old blocks must stay verifiable."""
    old = replace(sealed(["a", "b"]), form=FORM_WITHOUT_RECORDS)

    assert old.own_hash().hex() == "b8f9e9fc56caf851725663e52899835c41cd743ab3bcf6205665df221ef1ee65"
    assert sealed(["a", "b"]).hash.hex() == "d9199d1f25922b992e8cae54837fc437fd287c31cdb1ac47d66d5d21eb14132c"


CHANGED = {
    "block": 2,
    "form": "x",
    "first_journal": 0,
    "last_journal": 3,
    "journals": 3,
    "entries": 3,
    "prev": b"x" * 32,
    "content": b"x" * 32,
    "entry_prints": b"x" * 16,
    "journal_prints": b"x" * 16,
    "names": b"",
    "sealed_at": NOW + timedelta(microseconds=1),
    "records": 1,
    "record_prints": b"x" * 8,
}


@pytest.mark.parametrize("column", CHANGED)
def test_every_column_is_under_the_hash(column: str):
    seal = sealed(["a", "b"])

    assert replace(seal, **{column: CHANGED[column]}).own_hash() != seal.hash


def test_no_column_was_forgotten():
    assert {each.name for each in fields(Seal)} == {*CHANGED, "hash"}


def test_blocks_with_the_same_rows_differ_by_what_they_follow():
    one = sealed(["a"])
    other = sealed(["a"], Head(1, 1, one.hash))

    assert one.content == other.content
    assert one.hash != other.hash


def test_rows_keep_their_names():
    names = [name for name, _ in named_prints(sealed(["a", "b"]))]

    assert names == [RowName(1), RowName(2), RowName(1, 0, 101), RowName(2, 0, 102)]


def test_records_are_sealed_behind_journals_and_entries():
    block = Sealing()
    block.add_journal(1, "a")
    block.add_entry(1, 0, 7, "b")
    block.add_record(2, "c")
    seal = block.after(START, 2, NOW)

    assert (seal.journals, seal.entries, seal.records) == (1, 1, 1)
    assert [name for name, _ in named_prints(seal)] == [RowName(1), RowName(1, 0, 7), RowName(2, is_record=True)]
    assert replace(seal, form=FORM_WITHOUT_RECORDS).own_hash() != seal.hash


@pytest.mark.parametrize("damage", [{"names": b"abc"}, {"entry_prints": b"12345678"}, {"journals": 1}])
def test_names_that_cannot_be_read_are_no_names(damage: dict):
    with pytest.raises(ValueError):
        list(named_prints(replace(sealed(["a", "b"]), **damage)))


def entry(seq: int, content: str, account: int = 1) -> tuple[RowName, bytes]:
    return RowName(7, seq, account), content.encode()


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        ([entry(0, "a")], [entry(0, "a")], []),
        ([entry(0, "a")], [entry(0, "b", 2)], [Difference(ALTERED, RowName(7, 0, 2), 1)]),
        ([entry(0, "a"), entry(1, "b")], [entry(1, "b")], [Difference(DELETED, RowName(7, 0, 1), 1)]),
        ([entry(0, "a")], [entry(0, "a"), entry(1, "b", 3)], [Difference(INSERTED, RowName(7, 1, 3))]),
        ([entry(0, "a")], [entry(0, "a"), entry(0, "a")], [Difference(INSERTED, RowName(7, 0, 1))]),
        (
            [entry(0, "a")],
            [entry(0, "b"), entry(0, "c")],
            [Difference(ALTERED, RowName(7, 0, 1), 1), Difference(INSERTED, RowName(7, 0, 1))],
        ),
        (
            [(RowName(7), b"j")],
            [(RowName(8), b"j")],
            [Difference(DELETED, RowName(7)), Difference(INSERTED, RowName(8))],
        ),
    ],
)
def test_differences(before: list, now: list, found: list):
    assert list(differences(before, now)) == found


@given(st.lists(st.integers(0, 5), max_size=8), st.lists(st.integers(0, 5), max_size=8))
def test_whatever_happened_the_differences_turn_one_into_the_other(before: list[int], now: list[int]):
    old, new = ([entry(place, str(value)) for place, value in enumerate(rows)] for rows in (before, now))
    found = list(differences(old, new))

    assert (found == []) == (before == now)
    count = {what: sum(each.what == what for each in found) for what in (ALTERED, DELETED, INSERTED)}
    assert len(before) - count[DELETED] + count[INSERTED] == len(now)
    assert count[ALTERED] == sum(one != other for one, other in zip(before, now, strict=False))
