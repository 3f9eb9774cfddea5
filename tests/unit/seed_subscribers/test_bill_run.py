"""The bill-run file, read back as its reader must."""

import re
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.seed.subscribers import demo_subscribers, import_requests, poor_subscriber, write_bill_run
from deploy.seed.subscribers.__main__ import main
from deploy.seed.subscribers.control_total import amount_yuan
from services.points.domain.bill_file import names_kinds, read_header, read_trailer
from services.points.domain.bill_lines import BadLine, read_line


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("bills") / "run.csv"
    totals = write_bill_run(path)
    return path.read_text(encoding="utf-8"), totals


def data_lines(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.splitlines()[2:-1]]


def test_header_columns_and_trailer(run):
    text, totals = run
    lines = text.splitlines()
    assert re.fullmatch(r"#mall-bill-run;version=1;run_id=2026-10-[0-9a-f]{8};period=2026-10;currency=CNY", lines[0])
    assert lines[1] == "line_id,subscriber_no,paid_on,charge_yuan"
    assert lines[-1] == f"#total;lines={totals['lines']};amount_yuan={totals['amount_yuan']}"
    assert text.endswith("\n")
    assert "\r" not in text


def test_every_subscriber_is_billed_once_and_eight_lines_are_bad(run):
    text, totals = run
    rows = data_lines(text)
    assert (totals["lines"], totals["good_lines"], totals["bad_lines"]) == (len(rows), 7068, 8)
    bad = {entry["line_no"] for entry in totals["bad"]}
    good = [row for line_no, row in enumerate(rows, 1) if line_no not in bad]
    imported = {line["subscriber_no"] for request in import_requests() for line in request["subscribers"]}
    assert Counter(row[1] for row in good) == Counter(imported)
    assert len({row[0] for row in good}) == 7068
    assert all(re.fullmatch(r"2026-10-(0[1-9]|1[0-9]|2[0-8])", row[2]) for row in good)
    assert all(re.fullmatch(r"[0-9]+\.[0-9]{2}", row[3]) for row in good)


def test_the_bad_lines_are_where_the_totals_say(run):
    text, totals = run
    rows = data_lines(text)
    assert [rows[entry["line_no"] - 1][0] for entry in totals["bad"]] == [entry["line_id"] for entry in totals["bad"]]
    assert Counter(entry["problem"] for entry in totals["bad"]) == {
        "unknown subscriber": 3,
        "malformed amount": 2,
        "negative amount": 1,
        "duplicate line id": 1,
        "bad date": 1,
    }
    repeated = next(entry for entry in totals["bad"] if entry["problem"] == "duplicate line id")
    places = [line_no for line_no, row in enumerate(rows, 1) if row[0] == repeated["line_id"]]
    assert places == [1, repeated["line_no"]]


def test_points_reads_the_file_with_the_same_totals_and_finds_the_same_bad_lines(run):
    text, totals = run
    header, columns, *lines, trailer = text.encode().splitlines(keepends=True)
    imported = {line["subscriber_no"] for request in import_requests() for line in request["subscribers"]}

    assert (read_header(header).run_id, read_header(header).period) == (totals["run_id"], "2026-10")
    assert not names_kinds(columns)
    read = [read_line(line, "2026-11-21") for line in lines]
    assert read_trailer(trailer).lines == len(read)
    assert read_trailer(trailer).amount_fen == sum(line.amount_fen for line in read)
    seen: set[str] = set()
    rejected = []
    for line_no, line in enumerate(read, 1):
        if isinstance(line, BadLine) or line.subscriber_no not in imported or line.line_id in seen:
            rejected.append(line_no)
        else:
            seen.add(line.line_id)
    assert rejected == [entry["line_no"] for entry in totals["bad"]]


def test_the_demos_people_are_billed_what_is_said_of_them(run):
    rows = {row[1]: row[3] for row in data_lines(run[0])[: len(demo_subscribers()) + 1]}
    assert rows == {
        person["subscriber_no"]: person["charge_yuan"] for person in [*demo_subscribers(), poor_subscriber()]
    }


def test_the_same_again_is_the_same_file_and_another_month_is_another_run(run, tmp_path):
    text, totals = run
    assert write_bill_run(tmp_path / "again.csv") == totals
    assert (tmp_path / "again.csv").read_text(encoding="utf-8") == text
    assert write_bill_run(tmp_path / "next.csv", period="2026-02")["run_id"].startswith("2026-02-")


@pytest.mark.parametrize(("scale", "good"), [(0.001, 32), (0.1, 729), (2.5, 17_633)])
def test_scale_sizes_the_run_and_line_ids_stay_unique(tmp_path, scale, good):
    totals = write_bill_run(tmp_path / "run.csv", scale=scale)
    rows = data_lines((tmp_path / "run.csv").read_text(encoding="utf-8"))
    assert (totals["good_lines"], totals["bad_lines"]) == (good, 8)
    assert len({row[0] for row in rows}) == len(rows) - 1
    assert Counter(row[1] for row in rows)[poor_subscriber()["subscriber_no"]] == 1


@pytest.mark.parametrize("scale", [0, -1])
def test_a_run_of_nothing_is_refused_and_leaves_no_file(tmp_path, scale):
    with pytest.raises(ValueError, match="scale"):
        write_bill_run(tmp_path / "run.csv", scale=scale)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("charges", "total"),
    [
        ([], "0.00"),
        (["12", "0.5", "1.25"], "13.75"),
        (["10.00", "-2.50"], "7.50"),
        (["10.00", "12.345", "1e3", "八十八元", "", "-", ".5", "5.", "+1", "１", " 1", "1 "], "10.00"),
    ],
)
def test_the_control_total_counts_what_is_an_amount_and_nothing_else(charges, total):
    assert str(amount_yuan(charges)) == total


@given(st.lists(st.integers(-(10**9), 10**9)))
def test_the_control_total_is_exact(fen):
    charges = [f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}" for amount in fen]
    assert amount_yuan(charges) == Decimal(sum(fen)) / 100


def test_the_command_line_writes_the_file_and_tells_the_totals(tmp_path, capsys):
    assert main(["--bill-run", str(tmp_path / "run.csv"), "--period", "2026-03", "--scale", "0.01"]) == 0
    assert '"period": "2026-03"' in capsys.readouterr().out
    assert main(["--bill-run", str(tmp_path / "run.csv"), "--period", "March"]) == 1
