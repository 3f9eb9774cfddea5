"""The import of a bill run dies at one commit after the other, is typed again each time, and posts every line once."""

import json
from pathlib import Path

import pytest

from deploy.demo.bill_run import last_month
from deploy.seed.subscribers import write_bill_run
from services.chassis.clock import SystemClock, local_date
from tests.faults.checks import breaches
from tests.faults.dying import type_it, type_until_it_lives
from tests.faults.ordeal import Stage

LEAST_DEATHS = 6
PART = 77  # a run that nobody else imports


@pytest.mark.timeout(3_600)
def test_a_bill_run_that_dies_at_every_commit_posts_every_line_once(stage: Stage, tmp_path: Path) -> None:
    file, crash = tmp_path / "run.csv", tmp_path / "crash"
    totals = write_bill_run(file, period=last_month(local_date(SystemClock().now())), part=PART)
    before = {buyer.member_id: stage.supplies.balance(buyer)["available"] for buyer in stage.supplies.buyers}
    command = ("services.points.ops", "bill-run", "import", str(file), "--json")

    deaths, said = type_until_it_lives(command, crash)

    stage.deaths["bill run"] += deaths
    assert deaths >= LEAST_DEATHS
    run = json.loads(said.splitlines()[0])
    assert (run["posted_lines"], run["rejected_lines"]) == (totals["good_lines"], totals["bad_lines"])
    assert json.loads(type_it(command, crash).stdout.splitlines()[0])["posted_now"] == 0
    for buyer in stage.supplies.buyers:
        earned = stage.supplies.balance(buyer)["available"] - before[buyer.member_id]
        stage.supplies.had[buyer.member_id] += earned
    assert breaches(stage.evidence) == []
