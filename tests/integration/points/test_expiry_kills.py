"""The job killed anywhere and run again ends exactly as one that was never disturbed; on a 31 December, too."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from hashlib import md5

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of, emitted, owner_of
from services.points import contract
from services.points.usecases.expire_points import expire_points
from tests.integration.points.bill_files import ROOT, ops_environment
from tests.integration.points.dying import KILLED, die_doing
from tests.integration.points.expiry_story import LAST_DAY, NEXT_DAY, NOTHING, ExpiryLedger

engine = database_of("points", each="function")
WALLETS, CHUNK = 40, 8
TOLD = LAST_DAY.isoformat()


@pytest.fixture
def oracle(expiry: ExpiryLedger) -> dict[str, int]:
    """What every member must have lost: 100 points and more, without what an order holds."""
    expiry.set("expiry_chunk_wallets", CHUNK)
    lost = {}
    for n in range(WALLETS):
        member_id = expiry.member(100 + n)
        if n % 4 == 0:
            expiry.hold(member_id, 30)
        lost[member_id] = 100 + n - (30 if n % 4 == 0 else 0)
    expiry.at(NEXT_DAY)
    return lost


def as_expected(expiry: ExpiryLedger, expected: dict[str, int]) -> None:
    assert {member_id: expiry.booked(member_id) for member_id in expected} == {
        member_id: {TOLD: points} for member_id, points in expected.items()
    }
    assert told(expiry, expected) == expected
    assert expiry.fetch("SELECT count(*) FROM expiry_run WHERE state = 'running'") == [(0,)]


def told(expiry: ExpiryLedger, expected: dict[str, int]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for event in emitted(expiry.engine, contract.POINTS_EXPIRED):
        for posting in event["data"]["postings"]:
            sums[posting["member_id"]] = sums.get(posting["member_id"], 0) + posting["points"]
    return {member_id: sums.get(member_id, 0) for member_id in expected}


@pytest.mark.parametrize("commits", range(8))
def test_killed_before_a_commit(expiry: ExpiryLedger, oracle: dict, commits: int):
    assert die_doing(expiry.engine, expire_points, expiry.clock.now(), "commit", commits) == KILLED

    run_again(expiry)

    as_expected(expiry, oracle)


@pytest.mark.parametrize("statements", range(0, 48, 3))
def test_killed_before_a_statement(expiry: ExpiryLedger, oracle: dict, statements: int):
    end = die_doing(expiry.engine, expire_points, expiry.clock.now(), "before_cursor_execute", statements)
    assert end == KILLED

    run_again(expiry)

    as_expected(expiry, oracle)


def test_killed_again_and_again_it_still_ends(expiry: ExpiryLedger, oracle: dict):
    ends = []
    while len(ends) < 12 and 0 not in ends:
        ends.append(die_doing(expiry.engine, expire_points, expiry.clock.now(), "commit", 3))
        wait_until(lambda: session_is_gone(expiry))

    assert (ends[0], ends[-1]) == (KILLED, 0)
    as_expected(expiry, oracle)


def run_again(expiry: ExpiryLedger) -> None:
    """The server may need a moment to see that the dead process is gone."""
    wait_until(lambda: session_is_gone(expiry))
    expiry.expire()


def session_is_gone(expiry: ExpiryLedger) -> bool:
    with owner_of(expiry.engine).begin() as owner:
        sessions = "FROM pg_stat_activity WHERE application_name = 'points-ops' AND datname = current_database()"
        owner.execute(sa.text(f"SELECT pg_terminate_backend(pid) {sessions}"))
        return not owner.execute(sa.text(f"SELECT 1 {sessions}")).all()


def wait_until(condition: Callable[[], object], patience_s: float = 60) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


MANY = 100_000
SEED = """
    INSERT INTO holder (member_id, state, state_sequence, state_at)
    SELECT 'mbr_' || md5('x' || n), 'active', 1, now() FROM generate_series(1, :many) AS n;
    INSERT INTO account (unit, kind, owner, posted, held, lifetime)
    SELECT 'PTS', 'wallet', 'mbr_' || md5('x' || n), n % 97 + 50, CASE WHEN n % 10 = 5 THEN n % 97 / 2 ELSE 0 END,
           n % 97 + 50
    FROM generate_series(1, :many) AS n;
    UPDATE holder SET wallet_id = account.id FROM account WHERE kind = 'wallet' AND unit = 'PTS' AND owner = member_id;
    CREATE TEMPORARY TABLE one AS
    SELECT id, owner, held, posted FROM account WHERE kind = 'wallet' AND owner IN (
        SELECT 'mbr_' || md5('x' || n) FROM generate_series(1, :many) AS n);
    INSERT INTO bucket (account_id, expires_on, remaining, held)
    SELECT id, DATE '2025-12-31', posted - 50, held FROM one UNION ALL SELECT id, DATE '2099-12-31', 50, 0 FROM one;
    INSERT INTO hold (order_id, unit, account_id, amount, state, expires_at)
    SELECT 'ord_' || md5(owner), 'PTS', id, held, 'open', now() + interval '1 day' FROM one WHERE held > 0;
    INSERT INTO hold_bucket (order_id, unit, pool, expires_on, amount)
    SELECT 'ord_' || md5(owner), 'PTS', 0, DATE '2025-12-31', held FROM one WHERE held > 0;
    INSERT INTO journal (id, idem, kind, fingerprint, source, happened_at, channel, actor, result)
    VALUES (draw_journal_id(), 'seed', 'accrual', '', 'campaign', '2025-01-01', 'ops', 'test', '{}');
    INSERT INTO entry (journal_id, seq, account_id, unit, amount, pool, expires_on)
    SELECT journal.id, row_number() OVER (), account_id, 'PTS', remaining, 0, expires_on
    FROM journal, bucket JOIN one ON one.id = account_id WHERE remaining > 0 AND idem = 'seed'
    UNION ALL
    SELECT journal.id, 0, account.id, 'PTS', -(SELECT sum(posted) FROM one), NULL, NULL
    FROM journal, account WHERE idem = 'seed' AND unit = 'PTS' AND owner = 'issue:campaign'
"""
MANY_BOOKED = """
    SELECT account.owner, -sum(amount) FROM entry JOIN journal ON journal.id = journal_id
    JOIN account ON account.id = account_id
    WHERE journal.kind = 'expiry' AND account.kind = 'wallet' AND entry.expires_on = '2025-12-31' GROUP BY 1
"""


@pytest.mark.timeout(600)
def test_the_31st_of_december_of_a_hundred_thousand_wallets_with_a_kill_in_the_middle(expiry: ExpiryLedger):
    seed(expiry)
    command = [sys.executable, "-m", "services.points.ops", "expiry", "run"]
    process = subprocess.Popen(command, cwd=ROOT, env=ops_environment(expiry.engine), stderr=subprocess.DEVNULL)
    wait_until(lambda: expiry.fetch("SELECT 1 FROM expiry_run WHERE expires_on = '2025-12-31' AND chunks >= 30"))
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_until(lambda: session_is_gone(expiry))
    [(half,)] = expiry.fetch("SELECT buckets FROM expiry_run WHERE expires_on = '2025-12-31'")

    expiry.at(date(2026, 1, 1), hour=1)
    rest, again = expiry.expire(), expiry.expire()

    expected = {owner: points for owner, points in lost_by_hand().items() if points}
    assert dict(expiry.fetch(MANY_BOOKED)) == expected
    assert (half >= 25_000, half + rest["buckets"], again) == (True, len(expected), NOTHING)


def seed(expiry: ExpiryLedger) -> None:
    with owner_of(expiry.engine).begin() as owner:
        owner.execute(sa.text("SET LOCAL statement_timeout = 0"))
        for statement in SEED.split(";"):
            owner.execute(sa.text(statement), {"many": MANY} if ":many" in statement else {})


def lost_by_hand() -> dict[str, int]:
    """By member: what was to expire, less what an open order holds."""
    names = {n: "mbr_" + md5(f"x{n}".encode(), usedforsecurity=False).hexdigest() for n in range(1, MANY + 1)}
    return {names[n]: n % 97 - (n % 97 // 2 if n % 10 == 5 else 0) for n in names}
