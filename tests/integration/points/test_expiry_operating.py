"""What ops type about expiry, and what they are told."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from services.chassis.clock import local_date
from services.chassis.testkit import database_of
from services.points import ops
from tests.integration.points.expiry_story import ExpiryLedger
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def typed(engine: sa.Engine, monkeypatch, capsys) -> Callable[..., Done]:
    """What ``./mall ops expiry …`` does, without the seconds that a process takes to start."""
    monkeypatch.setenv("MALL_DATABASE_URL_POINTS", engine.url.render_as_string(hide_password=False))

    def run(*arguments: str) -> Done:
        code = ops.main(["expiry", *arguments])
        return Done(code, *capsys.readouterr())

    return run


def test_ops_set_policies_and_see_them(ledger: Ledger, typed: Callable):
    tomorrow = (local_date(database_now(ledger)) + timedelta(days=1)).isoformat()
    arguments = ["bill", "fixed_months", "--amount", "24", "--rounding", "quarter", "--unit", "PTS", "--from", tomorrow]

    done = typed("set-policy", *arguments, "--json")
    now = json.loads(typed("policies", "--json").stdout)
    then = json.loads(typed("policies", "--on", tomorrow, "--json").stdout)
    shown = typed("policies").stdout

    row = json.loads(done.stdout)
    assert (done.returncode, row["actor"].startswith("ops:")) == (0, True)
    assert [(one["source"], one["rounding"]) for one in now["to_come"]] == [("bill", "quarter")]
    assert [one for one in then["in_force"] if one["source"] == "bill"] == now["to_come"]
    assert "rolling_years" in shown and "quarter" in shown


def database_now(ledger: Ledger) -> datetime:
    return ledger.fetch("SELECT now()")[0][0]


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["set-policy", "bill", "never", "--from", "2001-01-01"], 1, "expiry.backdated"),
        (["set-policy", "bil", "never", "--from", "2999-01-01"], 1, "expiry.policy_invalid"),
        (["set-policy", "bill", "by_moon", "--from", "2999-01-01"], 2, "by_moon"),
        (["set-policy", "bill", "never"], 2, "--from"),
        (["set-notice", "0", "--from", "2999-01-01"], 1, "expiry.policy_invalid"),
        (["preview", "bill", "--rule", "fixed_months"], 1, "from 1 to 1200"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    ledger: Ledger, typed: Callable, arguments: list, code: int, complaint: str
):
    done = typed(*arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_ops_preview_a_draft(ledger: Ledger, typed: Callable):
    arguments = [
        "bill",
        "--on",
        "2026-11-20",
        "--rule",
        "fixed_months",
        "--amount",
        "1",
        "--rounding",
        "none",
        "--json",
    ]

    shown = json.loads(typed("preview", *arguments).stdout)

    assert (shown["expires_on"], shown["days"], shown["most_buckets"]) == ("2026-12-20", 30, 32)


def test_ops_change_the_notices(ledger: Ledger, typed: Callable):
    first = typed("set-notice", "14", "--from", "2999-01-01")
    then = typed("set-notice", "7", "--off", "--from", "2999-01-01")

    now, later = (
        [(one["days_before"], one["given"]) for one in json.loads(done.stdout)]
        for done in (
            typed("notices", "--json"),
            typed("notices", "--on", "2999-01-01", "--json"),
        )
    )
    assert (first.returncode, then.returncode) == (0, 0)
    assert (now, later) == ([(30, True), (7, True), (1, True)], [(30, True), (14, True), (7, False), (1, True)])


def test_ops_run_expiry_and_see_how_far_it_is(expiry: ExpiryLedger, typed: Callable):
    member_id = expiry.member(100)
    before = json.loads(typed("status", "--json").stdout)

    done = typed("run", "--json")
    again = typed("run")
    after = json.loads(typed("status", "--json").stdout)
    shown = typed("status").stdout

    assert (before["due_days"], before["due_buckets"]) == (["2024-12-31"], 1)
    assert (done.returncode, json.loads(done.stdout)["points"], json.loads(done.stdout)["left"]) == (0, 100, 0)
    assert (again.returncode, again.stdout.split()[:2]) == (0, ["chunks", "0"])
    assert (after["due_days"], after["runs"][0]["state"], after["runs"][0]["points"]) == ([], "done", 100)
    assert "2024-12-31" in shown
    assert expiry.booked(member_id) == {"2024-12-31": 100}


def test_ops_are_told_that_something_is_left(expiry: ExpiryLedger, typed: Callable):
    member_id = expiry.member(100)
    with expiry.engine.begin() as somebody:
        lock = sa.text("SELECT id FROM account WHERE owner = :owner FOR NO KEY UPDATE")
        somebody.execute(lock, {"owner": member_id})
        done = typed("run", "--json")
    expiry.at(date(2025, 1, 1))
    expiry.expire()

    assert (done.returncode, json.loads(done.stdout)["left"]) == (1, 1)
