"""The frame of a bill-run file: header, columns, trailer."""

import pytest

from services.points.domain.bill_file import (
    FileRefused,
    Header,
    Trailer,
    insist_on_totals,
    names_kinds,
    read_header,
    read_trailer,
)


def test_the_header_names_run_and_period():
    header = "\ufeff#mall-bill-run;version=1;run_id=GD-2026-10;period=2026-10;currency=CNY\r\n"

    assert read_header(header.encode()) == Header("GD-2026-10", "2026-10")


def test_a_corrected_file_says_which_revision_it_is():
    header = b"#mall-bill-run;version=1;run_id=GD-2026-10;revision=12;period=2026-10;currency=CNY\n"

    assert read_header(header) == Header("GD-2026-10", "2026-10", 12)


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
        ("#mall-bill-run;version=1;run_id=a;revision=0;period=2026-10;currency=CNY", "revision"),
        ("#mall-bill-run;version=1;run_id=a;revision=two;period=2026-10;currency=CNY", "revision"),
        ("#mall-bill-run;version=1;run_id=a;revision=10000;period=2026-10;currency=CNY", "revision"),
    ],
)
def test_a_header_that_is_none_refuses_the_file(header: str, complaint: str):
    with pytest.raises(FileRefused, match=complaint):
        read_header(header.encode())


def test_a_file_in_another_encoding_is_refused():
    with pytest.raises(FileRefused, match="UTF-8"):
        read_header("#mall-bill-run;run_id=账".encode("gb18030"))


@pytest.mark.parametrize(
    "columns",
    [b"line_id;subscriber_no;paid_on;charge_yuan\n", b"line_id,subscriber_no,paid_on,charge_yuan,kind\n", b""],
)
def test_other_columns_refuse_the_file(columns: bytes):
    with pytest.raises(FileRefused, match="second line"):
        names_kinds(columns)


def test_the_kind_of_charge_is_a_column_that_may_be_left_out():
    assert names_kinds(b"line_id,subscriber_no,paid_on,charge_yuan,charge_kind\r\n")
    assert not names_kinds(b"line_id,subscriber_no,paid_on,charge_yuan\n")


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


@pytest.mark.parametrize(
    ("lines", "amount_fen", "complaint"), [(11, 12_850, "has 11"), (12, 12_851, "add up to 12851")]
)
def test_totals_that_differ_refuse_the_file(lines: int, amount_fen: int, complaint: str):
    insist_on_totals(Trailer(12, 12_850), 12, 12_850)
    with pytest.raises(FileRefused, match=complaint):
        insist_on_totals(Trailer(12, 12_850), lines, amount_fen)


@pytest.mark.parametrize("doubled", ["run_id=B", "revision=2", "period=2026-09"])
def test_a_header_that_says_two_things_refuses_the_file(doubled: str):
    header = f"#mall-bill-run;version=1;run_id=A;revision=1;period=2026-10;{doubled};currency=CNY"
    with pytest.raises(FileRefused, match="twice"):
        read_header(header.encode())


def test_a_trailer_that_says_two_things_is_refused():
    with pytest.raises(FileRefused, match="twice"):
        read_trailer(b"#total;lines=1;amount_yuan=1;lines=2")
