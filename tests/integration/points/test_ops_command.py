"""The operations command as its own process: what it prints, how it ends, how much memory it takes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from services.chassis.ids import new_id
from services.chassis.testkit import database_of
from tests.integration.points.bill_files import ROOT, bill_file, ops, ops_environment, run_of
from tests.integration.points.story import Ledger, card

engine = database_of("points")
LINES, SUBSCRIBERS = 200_000, 500
KILOBYTES_PER_MEGABYTE = 1024
MEASURED = """
import sys
from pathlib import Path
from services.points import ops
ops.main(sys.argv[1:])
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line))
"""


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

    assert peak_of_import(ledger, small, points=1_000) > 20  # MB: the measure measures
    growth = peak_of_import(ledger, big, points=LINES) - peak_of_import(ledger, small, points=1_000)

    assert growth < 40  # the file has 12 MB, its lines as objects would take more than a hundred


def peak_of_import(ledger: Ledger, path: Path, points: int) -> int:
    """Megabytes at the highest, by the kernel's count for that process alone."""
    command = [sys.executable, "-c", MEASURED, "bill-run", "import", str(path), "--json"]
    environment = ops_environment(ledger.engine)
    done = subprocess.run(command, check=True, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100)
    run, peak = done.stdout.splitlines()
    assert json.loads(run)["points"] == points
    return int(peak) // KILOBYTES_PER_MEGABYTE


def lines_of(numbers: list[str], count: int) -> list[str]:
    return [f"{n},{numbers[n % len(numbers)]},2026-10-05,1" for n in range(count)]
