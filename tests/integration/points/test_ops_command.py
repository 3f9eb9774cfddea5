"""The operations command as its own process: what it prints, how it ends, how much memory it takes."""

import json
import resource
from pathlib import Path

import pytest

from services.chassis.ids import new_id
from services.chassis.testkit import database_of
from tests.integration.points.bill_files import bill_file, ops, run_of
from tests.integration.points.story import Ledger, card

engine = database_of("points")
LINES, SUBSCRIBERS = 200_000, 500
MEGABYTE = 1024  # of ru_maxrss


def test_import_status_rejects_and_check(ledger: Ledger, tmp_path: Path):
    run_id, number = new_id("run"), new_id("sub")
    ledger.enrol(card(new_id("mbr"), subscriber_no=number))
    path = bill_file(tmp_path, run_id, [f"L1,{number},2026-10-05,10", "L2,nobody,2026-10-05,10"])

    imported = run_of(ops(ledger.engine, "bill-run", "import", str(path), "--json"))
    status = run_of(ops(ledger.engine, "bill-run", "status", run_id, "--json"))
    rejects = ops(ledger.engine, "bill-run", "rejects", run_id)
    checked = ops(ledger.engine, "check", "--json")

    assert (imported["posted_now"], status["state"], status["points"]) == (1, "posted", 10)
    assert rejects.stdout.splitlines() == ["line_no,line_id,subscriber_no,reason", "2,L2,nobody,unknown_subscriber"]
    assert (checked.returncode, {check["ok"] for check in json.loads(checked.stdout)}) == (0, {True})


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["bill-run", "status", "never-heard-of"], 1, "bill_run.unknown"),
        (["bill-run", "rejects", "never-heard-of"], 1, "bill_run.unknown"),
        (["bill-run", "resume", "never-heard-of"], 1, "bill_run.unknown"),
        (["bill-run", "import", "/no/such/file"], 1, "cannot read"),
        (["bill-run"], 2, "usage"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(ledger: Ledger, arguments: list[str], code: int, complaint: str):
    done = ops(ledger.engine, *arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_memory_stays_flat_for_two_hundred_thousand_lines(ledger: Ledger, tmp_path: Path):
    numbers = [new_id("sub") for _ in range(SUBSCRIBERS)]
    ledger.enrol(*[card(new_id("mbr"), subscriber_no=number) for number in numbers])
    small = bill_file(tmp_path, new_id("run"), lines_of(numbers, 1_000))
    big = bill_file(tmp_path, new_id("run"), lines_of(numbers, LINES))

    assert run_of(ops(ledger.engine, "bill-run", "import", str(small), "--json"))["points"] == 1_000
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert run_of(ops(ledger.engine, "bill-run", "import", str(big), "--json"))["points"] == LINES
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss

    assert after - before < 40 * MEGABYTE  # the file has 12 MB, its lines as objects would take a hundred
    assert after < 150 * MEGABYTE


def lines_of(numbers: list[str], count: int) -> list[str]:
    return [f"{n},{numbers[n % len(numbers)]},2026-10-05,1" for n in range(count)]
