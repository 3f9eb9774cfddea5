"""The importing process killed by ``kill -9`` at ten random points, and taken up again by the same command."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.ids import new_id
from services.chassis.testkit import database_of, emitted
from services.points import contract
from services.points.usecases.get_bill_run import get_bill_run
from services.points.usecases.import_bill_run import import_bill_run
from tests.integration.points.bill_files import ROOT, bill_file, ops_environment
from tests.integration.points.bill_oracle import judge, posted_of
from tests.integration.points.bill_story import set_rule, set_setting
from tests.integration.points.story import NOON, Ledger, card

engine = database_of("points")

WALLETS, LINES = 500, 4_000
PATIENCE_S = 60
# The real command, but for the size of its batches: a file that is small enough for a test must be staged in many.
IMPORT = """
import sys
from services.points import ops
from services.points.usecases import import_bill_run
import_bill_run.LARGEST_PIECE = 4096
sys.exit(ops.main(["bill-run", "import", *sys.argv[1:]]))
"""


@pytest.fixture
def members(ledger: Ledger) -> dict[str, str]:
    """Subscriber number -> member id."""
    set_rule(ledger)
    set_setting(ledger, "bill_chunk_wallets", 10)
    cards = [card(new_id("mbr"), subscriber_no=f"S{n:05d}") for n in range(WALLETS)]
    ledger.enrol(*cards)
    return {one["subscriber_no"]: one["member_id"] for one in cards}


@pytest.mark.timeout(600)
def test_killed_ten_times_a_run_ends_as_the_oracle_says(ledger: Ledger, members: dict[str, str], tmp_path: Path):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    first = random_file(chance, tmp_path, "GD-2026-10", revision=1)
    second = random_file(chance, tmp_path, "GD-2026-10", revision=2)
    for path, revision, kills in ((first, 1, 10), (second, 2, 3)):
        points = sorted(chance.random() for _ in range(kills))
        killed = sum(kill_at(ledger, path, revision, share) for share in points)
        print(f"revision {revision}: killed {killed} times, at {[round(100 * share) for share in points]} %")
        import_to_the_end(ledger, path)

        assert killed >= kills // 2  # one that is nearly done may end before it is hit
        verdict = judge(path, set(members), NOON.date())
        expected = posted_of(members, verdict)
        assert balances(ledger) == expected
        assert told(ledger) == expected
        run = shown(ledger, revision)
        assert (run["state"], run["rejected_lines"]) == ("posted", len(verdict.rejects))
        assert import_bill_run(ledger.works, path)["posted_now"] == 0
        assert balances(ledger) == expected


def random_file(chance: random.Random, folder: Path, run_id: str, revision: int) -> Path:
    lines = [
        f"L{n:06d},S{chance.randrange(WALLETS):05d},2026-10-{1 + n % 28:02d},{chance.randrange(50_000) / 100:.2f}"
        for n in range(LINES)
    ]
    for place in chance.sample(range(LINES), 40):
        lines[place] = chance.choice(
            [lines[chance.randrange(LINES)], f"X{place},nobody,2026-10-01,5", f"Y{place},S00001,2026-13-01,5", "junk"]
        )
    return bill_file(folder, run_id, lines, revision=revision)


def kill_at(ledger: Ledger, path: Path, revision: int, share: float) -> bool:
    """Starts the import and kills it once it is so far; False if it ended before."""
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(path)],
        cwd=ROOT, env=ops_environment(ledger.engine), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for so_far in progress(ledger, path, revision):
        if process.poll() is not None:
            return False  # done, or refused because the server had not yet noticed the death of the one before
        if so_far >= share:
            process.kill()
            process.wait()
            return True
    raise AssertionError("it did not get that far in time")


def progress(ledger: Ledger, path: Path, revision: int) -> Iterator[float]:
    """Staging is the first half of the way, posting the second."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        rows = ledger.fetch(
            "SELECT staged_bytes, state, (SELECT coalesce(avg((posted_at IS NOT NULL)::int), 0) FROM bill_chunk"
            " WHERE run_no = no)::float FROM bill_run WHERE revision = :revision ORDER BY no DESC LIMIT 1",
            revision=revision,
        )
        staged, state, posted = rows[0] if rows else (0, "none", 0.0)
        yield 0.5 * staged / path.stat().st_size if state in ("none", "staging") else 0.5 + 0.5 * posted
        time.sleep(0.001)


def import_to_the_end(ledger: Ledger, path: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        done = subprocess.run(
            [sys.executable, "-c", IMPORT, str(path), "--json"],
            cwd=ROOT, env=ops_environment(ledger.engine), capture_output=True, text=True, check=False, timeout=100,
        )  # fmt: skip
        if done.returncode == 0:
            assert json.loads(done.stdout)["state"] == "posted"
            return
        assert contract.BILL_RUN_BUSY in done.stderr  # the server has not noticed yet that the last one is dead
    raise AssertionError("the last reader's lock was never freed")


def balances(ledger: Ledger) -> dict[str, int]:
    rows = ledger.fetch("SELECT owner, posted - owed FROM account WHERE unit = 'PTS' AND kind = 'wallet'")
    return dict(rows)


def told(ledger: Ledger) -> dict[str, int]:
    """What other services have heard that everybody got, all in all."""
    heard = dict.fromkeys(balances(ledger), 0)
    for event in emitted(ledger.engine, contract.POINTS_ACCRUED):
        for posting in event["data"]["postings"]:
            heard[posting["member_id"]] += posting["points"]
    for event in emitted(ledger.engine, contract.POINTS_CLAWED_BACK):
        heard[event["data"]["member_id"]] -= event["data"]["points"]
    return heard


def shown(ledger: Ledger, revision: int) -> dict:
    return ledger.ask(contract.GET_BILL_RUN, get_bill_run, {"run_id": "GD-2026-10", "revision": revision})
