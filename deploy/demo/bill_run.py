"""The first chapter: the operator's monthly bill run, imported as ops do it."""

import json
import subprocess
import sys
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from deploy.demo.shop import StoryBroken
from deploy.demo.teller import Teller
from deploy.seed.subscribers import write_bill_run
from services.chassis.clock import SystemClock, local_date

REJECTS_SHOWN = 3
A_FEW = 0.01


def play_bill_run(teller: Teller, folder: Path) -> None:
    """Last month's charges; told again, the story takes another run of that month."""
    teller.chapter("bill_run")
    file, totals = _next_file(folder)
    teller.say("bill_run.read", file=file.name, lines=totals["lines"], yuan=totals["amount_yuan"])
    first = _imported(file)
    teller.say(
        "bill_run.posted", posted=first["posted_lines"], points=f"{first['points']:,}", rejected=first["rejected_lines"]
    )
    for reject in _ops("rejects", first["run_id"])[:REJECTS_SHOWN]:
        teller.say("bill_run.reject", line_no=reject["line_no"], reason=reject["reason"])
    again = _imported(file)
    teller.check("bill_run.again", again["posted_now"] == 0, posted=again["posted_now"])
    teller.facts["bill_run"] = {**first, "posted_again": again["posted_now"], "expected": totals}
    if again["posted_now"] or first["rejected_lines"] != totals["bad_lines"]:
        raise StoryBroken("the bill run was not posted exactly once")


def bill_a_few(folder: Path) -> None:
    """Points for the story's people, told to nobody: a run of a small part of the subscribers."""
    _imported(_next_file(folder, A_FEW)[0])


def _imported(file: Path) -> dict[str, Any]:
    (told,) = _ops("import", str(file))
    return told


def _next_file(folder: Path, scale: float = 1.0) -> tuple[Path, dict[str, Any]]:
    folder.mkdir(parents=True, exist_ok=True)
    period = last_month(local_date(SystemClock().now()))
    for part in count(1):
        file = folder / f"bill-run-{period}-{part}.csv"
        if not file.exists():
            return file, write_bill_run(file, period=period, scale=scale, part=part)
    raise AssertionError("count() has no end")


def last_month(today: date) -> str:
    return f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"


def _ops(*arguments: str) -> list[dict[str, Any]]:
    """The JSON objects that the command prints, one a line."""
    done = subprocess.run(
        [sys.executable, "-m", "services.points.ops", "bill-run", *arguments, "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode:
        raise StoryBroken(f"bill-run {' '.join(arguments)}: {done.stderr.strip()[-400:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]
