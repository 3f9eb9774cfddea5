"""A bill run killed anywhere and imported again ends exactly as one that was never disturbed."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.chassis.ids import new_id
from services.chassis.testkit import database_of, emitted
from services.points import contract
from services.points.usecases.import_bill_run import import_bill_run
from tests.integration.points.bill_files import ROOT, bill_file, die_importing, ops, ops_environment, run_of
from tests.integration.points.dying import KILLED
from tests.integration.points.story import Ledger, card

engine = database_of("points")

WALLETS, CHUNK = 60, 10


@pytest.fixture
def oracle(ledger: Ledger, tmp_path: Path) -> tuple[Path, str, dict[str, int]]:
    """A file of three lines a subscriber and a few bad ones, its run id, and the points each member must have."""
    run_id = new_id("run")
    ledger.execute(
        "INSERT INTO ledger_setting (name, value, effective_from, actor)"
        " VALUES ('bill_chunk_wallets', :chunk, '2026-01-01', 'migration')",
        chunk=CHUNK,
    )
    cards = [card(new_id("mbr"), subscriber_no=new_id("sub")) for _ in range(WALLETS)]
    ledger.enrol(*cards)
    lines, expected = [], {}
    for n, one in enumerate(cards):
        charges = [n, 2 * n + 1, 7]
        lines += [f"{n}-{i},{one['subscriber_no']},2026-10-0{i + 1},{yuan}.60" for i, yuan in enumerate(charges)]
        expected[one["member_id"]] = sum(charges)
    lines[10:10] = ["bad-1,nobody,2026-10-01,5", "0-0,nobody,2026-10-01,5", "bad-2,x,2026-13-01,5"]
    return bill_file(tmp_path, run_id, lines), run_id, expected


def as_expected(ledger: Ledger, run_id: str, expected: dict[str, int]) -> None:
    found = ledger.fetch("SELECT owner, posted FROM account WHERE owner = ANY(:ids)", ids=list(expected))
    assert dict(found) == expected
    told: dict[str, int] = {}
    for event in emitted(ledger.engine, contract.POINTS_ACCRUED):
        for posting in event["data"]["postings"] if event["data"]["reference"] == run_id else []:
            told[posting["member_id"]] = told.get(posting["member_id"], 0) + posting["points"]
    assert told == expected
    done = [event["data"] for event in emitted(ledger.engine, contract.BILL_RUN_POSTED) if event["subject"] == run_id]
    lines = 3 * WALLETS
    assert done == [
        {
            "run_id": run_id, "revision": 1, "lines": lines + 3, "posted_lines": lines, "rejected_lines": 3,
            "excluded_lines": 0, "points": sum(expected.values()), "clawed_back": 0,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    "statements", [2, 7, 10, 11, 12, 15, 18, 21, 24, 27, 31, 33, 36, 38, 41, 43, 45, 48, 56, 63, 72, 80, 88]
)
def test_killed_between_statements(ledger: Ledger, oracle: tuple, statements: int):
    path, run_id, expected = oracle

    assert die_importing(ledger.engine, path, "before_cursor_execute", statements) == KILLED
    run = import_again(ledger, path)

    assert run["state"] == "posted"
    as_expected(ledger, run_id, expected)


@pytest.mark.parametrize("commits", range(21))
def test_killed_before_a_commit(ledger: Ledger, oracle: tuple, commits: int):
    path, run_id, expected = oracle

    assert die_importing(ledger.engine, path, "commit", commits) == KILLED
    run = import_again(ledger, path)

    assert run["state"] == "posted"
    as_expected(ledger, run_id, expected)


def test_killed_again_and_again_it_still_ends(ledger: Ledger, oracle: tuple):
    path, run_id, expected = oracle

    ends = [die_importing(ledger.engine, path, "commit", 7) for _ in range(16)]  # two are the reader's lock

    assert (ends[0], ends[-1]) == (KILLED, 0)
    as_expected(ledger, run_id, expected)


def test_a_stopped_posting_can_be_resumed_without_the_file(ledger: Ledger, oracle: tuple):
    path, run_id, expected = oracle
    die_importing(ledger.engine, path, "commit", 15)
    path.unlink()
    before = run_of(ops(ledger.engine, "bill-run", "status", run_id, "--json"))

    run = run_of(ops(ledger.engine, "bill-run", "resume", run_id, "--json"))

    assert (before["state"], 0 < before["posted_lines"] < 3 * WALLETS) == ("posting", True)
    assert run["posted_now"] == 3 * WALLETS - before["posted_lines"]
    as_expected(ledger, run_id, expected)


def test_a_real_sigkill_of_the_command_while_it_posts(ledger: Ledger, oracle: tuple):
    path, run_id, expected = oracle
    command = [sys.executable, "-m", "services.points.ops", "bill-run", "import", str(path)]
    with ledger.engine.begin() as blocker:
        blocker.exec_driver_sql("LOCK TABLE bucket IN SHARE MODE")  # so that it stands in the middle of a chunk
        process = subprocess.Popen(command, cwd=ROOT, env=ops_environment(ledger.engine), stdout=subprocess.DEVNULL)
        wait_until(lambda: ledger.fetch("SELECT 1 FROM bill_run WHERE run_id = :r AND state = 'posting'", r=run_id))
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_until(lambda: session_is_gone(ledger))

    run = run_of(ops(ledger.engine, "bill-run", "resume", run_id, "--json"))

    assert run["state"] == "posted"
    as_expected(ledger, run_id, expected)


def import_again(ledger: Ledger, path: Path) -> dict:
    """The server may need a moment to see that the dead process is gone."""
    wait_until(lambda: session_is_gone(ledger))
    return import_bill_run(ledger.works, path)


def session_is_gone(ledger: Ledger) -> bool:
    """The server ends the session of a killed client when the statement it stands in is over or cancelled."""
    ledger.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'points-ops' AND datname = current_database()"
    )
    sessions = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'points-ops' AND datname = current_database()"
    return not ledger.fetch(sessions)


def wait_until(condition, patience_s: float = 20) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
