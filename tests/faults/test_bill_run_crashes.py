"""The import of a bill run dies at one commit after the other, is typed again each time, and posts every line once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.demo.bill_run import last_month
from deploy.seed.subscribers import write_bill_run
from services.chassis.clock import SystemClock, local_date
from services.chassis.crash_points import KILLED, SETTING
from tests.faults.checks import breaches
from tests.faults.ordeal import Stage

MOST_DEATHS, LEAST_DEATHS = 60, 6
PART = 77  # a run that nobody else imports


def type_it(file: Path, crash: Path) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-m", "services.points.ops", "bill-run", "import", str(file), "--json"]
    environment = {**os.environ, SETTING: str(crash)}
    return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.timeout(1_800)
def test_a_bill_run_that_dies_at_every_commit_posts_every_line_once(stage: Stage, tmp_path: Path) -> None:
    file, crash = tmp_path / "run.csv", tmp_path / "crash"
    totals = write_bill_run(file, period=last_month(local_date(SystemClock().now())), part=PART)
    before = {buyer.member_id: stage.supplies.balance(buyer)["available"] for buyer in stage.supplies.buyers}
    deaths = 0

    for nth in range(1, MOST_DEATHS):
        crash.write_text(f"{('before_commit', 'after_commit')[nth % 2]}|*|{nth}")
        done = type_it(file, crash)
        if done.returncode == 0:
            break
        assert done.returncode == KILLED, done.stderr
        deaths += 1

    assert deaths >= LEAST_DEATHS
    run = json.loads(done.stdout.splitlines()[0])
    assert (run["posted_lines"], run["rejected_lines"]) == (totals["good_lines"], totals["bad_lines"])
    crash.unlink(missing_ok=True)
    assert json.loads(type_it(file, crash).stdout.splitlines()[0])["posted_now"] == 0
    for buyer in stage.supplies.buyers:
        earned = stage.supplies.balance(buyer)["available"] - before[buyer.member_id]
        stage.supplies.had[buyer.member_id] += earned
    assert breaches(stage.evidence) == []
