"""Reading the lines of a bill-run file, a block at a time."""

from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from services.chassis.money import yuan
from services.points.domain.bill_lines import BadLine, Charge, Lines, read_line, read_lines

LAST_DAY = "2026-11-20"
REASONS = {
    "bad_columns", "bad_line_id", "bad_subscriber_no", "bad_date", "bad_amount", "bad_charge_kind",
}  # fmt: skip
ids = st.text("ABCabc0123._:-", min_size=1, max_size=60)
numbers = st.text("0123456789+-._", min_size=1, max_size=40)
kinds = st.sampled_from(["", "gifted", "agency", "monthly_fee"])
days = st.dates(date(1000, 1, 1), date(2026, 11, 20))
good_lines = st.builds(
    lambda line_id, number, day, fen: f"{line_id},{number},{day},{yuan(fen)}".encode(),
    ids, numbers, days, st.integers(0, 99_999_999_999),
)  # fmt: skip
bad_lines = st.sampled_from(
    [b"", b"L1,138,2026-10-05", b"L1,138,2026-13-05,1", b"L1,138,2026-10-05,x", b"L 1,1,2026-10-05,1", b"\xff,\xfe,,"]
)


@given(ids, numbers, days, st.integers(0, 99_999_999_999), kinds)
def test_a_good_line_is_read_as_it_was_written(line_id: str, subscriber_no: str, day: date, fen: int, kind: str):
    raw = f"{line_id},{subscriber_no},{day.isoformat()},{yuan(fen)}".encode()

    assert read_line(raw, LAST_DAY) == Charge(line_id, subscriber_no, day.isoformat(), fen)
    assert read_line(raw + f",{kind}\n".encode(), LAST_DAY, with_kinds=True) == Charge(
        line_id, subscriber_no, day.isoformat(), fen, kind
    )


@given(st.binary(max_size=200), st.booleans())
@example(b"L1,138,2026-10-05,1\x00", False)
@example("L1,138,2026-10-05,１２".encode(), False)
@example(b'"L1",138,2026-10-05,1', False)
@example(b"L1,138,2026-10-05,1\n2", False)
@example(b"L1,138,2026-10-05,1,\xc3\xa9", True)
def test_whatever_a_line_holds_it_is_read_or_named_bad(raw: bytes, with_kinds: bool):
    found = read_line(raw, LAST_DAY, with_kinds)

    if isinstance(found, BadLine):
        assert found.reason in REASONS
        assert all(
            (text or "").isprintable() and len(text or "") <= 60 for text in (found.line_id, found.subscriber_no)
        )
    else:
        assert not set('\t\\",{}\n') & set(found.line_id + found.subscriber_no + found.kind)
        assert (found.line_id + found.subscriber_no + found.kind).isascii()


@pytest.mark.parametrize(
    ("line", "reason", "amount_fen"),
    [
        ("L1,138,2026-10-05", "bad_columns", 0),
        ("L1,138,2026-10-05,1,2", "bad_columns", 0),
        ("", "bad_columns", 0),
        (",138,2026-10-05,1", "bad_line_id", 100),
        ("L1,,2026-10-05,1", "bad_subscriber_no", 100),
        ("L1,138,2026-13-05,1.5", "bad_date", 150),
        ("L1,138,2026-02-29,1.5", "bad_date", 150),
        ("L1,138,2026-11-21,1.5", "bad_date", 150),
        ("L1,138,20261005,1.5", "bad_date", 150),
        ("L1,138,2026-10-05,", "bad_amount", 0),
        ("L1,138,2026-10-05,-1", "bad_amount", 0),
        ("L1,138,2026-10-05,1.005", "bad_amount", 0),
        ("L1,138,2026-10-05,1e3", "bad_amount", 0),
        ("L1,138,2026-10-05,1234567890", "bad_amount", 0),
    ],
)
def test_a_bad_line_says_what_is_wrong_and_what_it_adds_to_the_total(line: str, reason: str, amount_fen: int):
    found = read_line(line.encode(), LAST_DAY)

    assert isinstance(found, BadLine)
    assert (found.reason, found.amount_fen) == (reason, amount_fen)


@pytest.mark.parametrize(
    ("line", "reason", "amount_fen"),
    [
        ("L1,138,2026-10-05,1.5", "bad_columns", 0),
        ("L1,138,2026-10-05,1.5,Gifted", "bad_charge_kind", 150),
        ("L1,138,2026-10-05,1.5,赠送", "bad_charge_kind", 150),
        ("L1,138,2026-10-05,1.5,a b", "bad_charge_kind", 150),
        (f"L1,138,2026-10-05,1.5,{'a' * 31}", "bad_charge_kind", 150),
    ],
)
def test_kinds_of_charges_are_words_of_small_letters(line: str, reason: str, amount_fen: int):
    found = read_line(line.encode(), LAST_DAY, with_kinds=True)

    assert isinstance(found, BadLine)
    assert (found.reason, found.amount_fen) == (reason, amount_fen)


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_line_ends_of_all_systems_are_fine(ending: str):
    assert read_line(f"L1,138,2026-10-05,1.5{ending}".encode(), LAST_DAY) == Charge("L1", "138", "2026-10-05", 150)


@given(st.lists(good_lines | bad_lines, min_size=1, max_size=8), st.booleans(), st.sampled_from([b"\n", b"\r\n"]))
def test_a_block_is_read_as_its_lines_are_one_by_one(raw_lines: list[bytes], ends: bool, ending: bytes):
    if raw_lines[-1] == b"":
        ends = True  # without an end of its own, it is no line
    block = ending.join(raw_lines) + (ending if ends else b"")

    found = read_lines(block, 41, LAST_DAY, with_kinds=False)

    expected = [(41 + place, read_line(raw, LAST_DAY)) for place, raw in enumerate(raw_lines)]
    assert (found.count, found.amount_fen) == (len(raw_lines), sum(line.amount_fen for _, line in expected))
    assert list(found.rejects) == [(no, line) for no, line in expected if isinstance(line, BadLine)]
    columns = (
        found.line_nos, found.line_ids, found.subscriber_nos, found.paid_on, found.amounts_fen, found.kinds
    )  # fmt: skip
    assert [(no, Charge(*fields)) for no, *fields in zip(*columns, strict=True)] == [
        (no, line) for no, line in expected if isinstance(line, Charge)
    ]


def test_an_invalid_date_among_good_lines_is_found():
    block = b"L1,1,2026-10-05,1\nL2,1,2026-02-30,2\nL3,1,2026-10-05,3\n"

    found = read_lines(block, 1, LAST_DAY, with_kinds=False)

    assert (found.count, found.amount_fen, list(found.line_nos)) == (3, 600, [1, 3])
    assert found.rejects == [(2, BadLine("bad_date", "L2", "1", 200))]


def test_a_block_with_kinds_keeps_them_apart():
    block = b"L1,1,2026-10-05,1,gifted\nL2,1,2026-10-05,2.5,\n"

    assert read_lines(block, 1, LAST_DAY, with_kinds=True) == Lines(
        2, 350, range(1, 3), ("L1", "L2"), ("1", "1"), ("2026-10-05", "2026-10-05"), [100, 250], ("gifted", "")
    )
