"""Reading a bill-run file line by line."""

from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from services.chassis.money import yuan
from services.points.domain.bill_file import (
    BadLine,
    Charge,
    FileRefused,
    Header,
    Trailer,
    check_columns,
    read_header,
    read_line,
    read_trailer,
)

LAST_DAY = "2026-11-20"
ids = st.text("ABCabc0123._:-", min_size=1, max_size=60)
numbers = st.text("0123456789+-._", min_size=1, max_size=40)


@given(ids, numbers, st.dates(date(1000, 1, 1), date(2026, 11, 20)), st.integers(0, 99_999_999_999))
def test_a_good_line_is_read_as_it_was_written(line_id: str, subscriber_no: str, day, fen: int):
    raw = f"{line_id},{subscriber_no},{day.isoformat()},{yuan(fen)}\n".encode()

    assert read_line(raw, LAST_DAY) == Charge(line_id, subscriber_no, day.isoformat(), fen)


@given(st.binary(max_size=200))
@example(b"L1,138,2026-10-05,1\x00")
@example("L1,138,2026-10-05,１２".encode())
@example(b'"L1",138,2026-10-05,1')
def test_whatever_a_line_holds_it_is_read_or_named_bad(raw: bytes):
    found = read_line(raw, LAST_DAY)

    if isinstance(found, BadLine):
        assert found.reason in {"bad_columns", "bad_line_id", "bad_subscriber_no", "bad_date", "bad_amount"}
        assert all(
            (text or "").isprintable() and len(text or "") <= 60 for text in (found.line_id, found.subscriber_no)
        )
    else:
        assert "\t" not in found.line_id + found.subscriber_no
        assert "\\" not in found.line_id + found.subscriber_no


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


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_line_ends_of_all_systems_are_fine(ending: str):
    assert read_line(f"L1,138,2026-10-05,1.5{ending}".encode(), LAST_DAY) == Charge("L1", "138", "2026-10-05", 150)


def test_the_header_names_run_and_period():
    header = "\ufeff#mall-bill-run;version=1;run_id=GD-2026-10;period=2026-10;currency=CNY\r\n"

    assert read_header(header.encode()) == Header("GD-2026-10", "2026-10")


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ("", "expected a line like"),
        ("line_id,subscriber_no", "expected a line like"),
        ("#mall-bill-run;version=2;run_id=a;period=2026-10;currency=CNY", "version"),
        ("#mall-bill-run;version=1;run_id=a;period=2026-10;currency=USD", "currency"),
        ("#mall-bill-run;version=1;run_id=a b;period=2026-10;currency=CNY", "run_id"),
        ("#mall-bill-run;version=1;period=2026-10;currency=CNY", "run_id"),
        ("#mall-bill-run;version=1;run_id=a;period=2026-13;currency=CNY", "period"),
        ("#mall-bill-run;version", "expected a line like"),
    ],
)
def test_a_header_that_is_none_refuses_the_file(header: str, complaint: str):
    with pytest.raises(FileRefused, match=complaint):
        read_header(header.encode())


def test_a_file_in_another_encoding_is_refused():
    with pytest.raises(FileRefused, match="UTF-8"):
        read_header("#mall-bill-run;run_id=账".encode("gb18030"))


def test_other_columns_refuse_the_file():
    with pytest.raises(FileRefused, match="second line"):
        check_columns(b"line_id;subscriber_no;paid_on;charge_yuan\n")


def test_the_trailer_declares_lines_and_amount():
    assert read_trailer(b"#total;lines=12;amount_yuan=128.5\n") == Trailer(12, 12_850)


@pytest.mark.parametrize(
    "trailer",
    ["#total", "#total;lines=x;amount_yuan=1", "#total;lines=1;amount_yuan=1.234", "#total;lines=-1;amount_yuan=1",
     "#total;lines=1", "#total;amount_yuan=1", "#total;lines=1;amount_yuan=x"],
)  # fmt: skip
def test_a_trailer_that_is_none_is_refused(trailer: str):
    with pytest.raises(FileRefused, match="trailer"):
        read_trailer(trailer.encode())
