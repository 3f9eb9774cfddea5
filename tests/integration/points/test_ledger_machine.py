"""The ledger against the model, over random stories: fifty of 2,000 steps. MALL_LEDGER_SEEDS ("17" or "0-999") and
MALL_LEDGER_STEPS ask for others."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from typing import Any

import pytest

from services.points import contract
from tests.integration.points import ledger_model_orders
from tests.integration.points.bill_files import ROOT
from tests.integration.points.ledger_driver_hands import COMMANDS
from tests.integration.points.ledger_driver_runs import retell, shrink, tell

AT_ONCE = os.cpu_count() or 1
LONGEST_S = 1_500  # five CPU-minutes, shared with whatever else the machine does
ENOUGH_STEPS = 100_000  # for everything that can be answered to be answered
NEVER = {f"top_up {contract.EXCHANGE_CLOSED}"}  # no story closes a way to buy


def seeds() -> list[int]:
    first, _, last = os.environ.get("MALL_LEDGER_SEEDS", "0-49").partition("-")
    return list(range(int(first), int(last or first) + 1))


def steps() -> int:
    return int(os.environ.get("MALL_LEDGER_STEPS", "2000"))


def tellers_of(seeds: list[int], steps: int) -> list[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.integration.points.ledger_driver_runs"]
    shares = [share for share in (seeds[place::AT_ONCE] for place in range(AT_ONCE)) if share]
    return [
        subprocess.Popen(
            [*command, "--steps", str(steps), *map(str, share)], cwd=ROOT, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for share in shares
    ]  # fmt: skip


@pytest.mark.timeout(LONGEST_S)
def test_the_ledger_does_what_the_model_does():
    tellers = tellers_of(seeds(), steps())

    try:
        told = [teller.communicate()[0] for teller in tellers]
    finally:
        for teller in tellers:
            teller.kill()

    assert not any(teller.returncode for teller in tellers), "\n".join(told)
    stories: list[dict[str, Any]] = [json.loads(line) for text in told for line in text.splitlines()]
    assert sorted(story["seed"] for story in stories) == seeds()
    assert all(story["steps"] == steps() for story in stories)
    if len(stories) * steps() >= ENOUGH_STEPS:
        assert never_seen(stories) == NEVER


def never_seen(stories: list[dict[str, Any]]) -> set[str]:
    """Answers and refusals that no story met: what the contract promises and the stories do not try."""
    seen = sum((Counter(story["tally"]) for story in stories), Counter[str]())
    told = {f"{what} {code}" for what, (command, *_) in COMMANDS.items() for code in ("done", *command.refuses)}
    return told - seen.keys()


def test_a_story_that_fails_can_be_told_again(monkeypatch: pytest.MonkeyPatch):
    """The model is told to draw what expires latest: answers are the same, buckets are not."""
    right = ledger_model_orders.draw
    monkeypatch.setattr(ledger_model_orders, "draw", lambda bag, points, **how: right(bag, points, latest_first=True))

    failed = tell(seed=1, steps=500)

    assert failed.problem
    assert failed.problem.startswith("Disagreement: wallets: the ledger says")
    assert retell(1, failed.steps) == failed
    assert retell(1, failed.steps[:-1]).problem is None


def test_what_is_left_after_shrinking_is_what_it_takes():
    assert shrink(list(range(1000)), lambda steps: {17, 400} <= set(steps), time.monotonic() + 10) == [17, 400]
