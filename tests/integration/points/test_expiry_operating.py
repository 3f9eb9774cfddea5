"""What ops type about expiry, and what they are told."""

import json
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of
from services.points import ops
from tests.integration.points.expiry_story import ExpiryLedger
from tests.integration.points.rule_story import change
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")
FAR = date(2999, 1, 1)


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


def test_ops_see_policies(ledger: Ledger, typed: Callable):
    life = {"rule": "fixed_months", "amount": "24", "rounding": "quarter"}
    change(ledger, "expiry_policy", FAR, source="bill", unit="PTS", pool="", **life)

    now = json.loads(typed("policies", "--json").stdout)
    then = json.loads(typed("policies", "--on", FAR.isoformat(), "--json").stdout)
    shown = typed("policies").stdout

    assert [(one["source"], one["rounding"], one["actor"]) for one in now["to_come"]] == [("bill", "quarter", "ops:li")]
    assert [one for one in then["in_force"] if one["source"] == "bill"] == now["to_come"]
    assert "rolling_years" in shown and "quarter" in shown


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["preview", "bil"], 1, "rule.field_invalid"),
        (["preview", "bill", "--pool", "77"], 1, "points.pool_unknown"),
        (["preview", "bill", "--rule", "by_moon"], 2, "by_moon"),
        (["set-policy", "bill", "never", "--from", "2999-01-01"], 2, "invalid choice"),
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


def test_ops_see_the_notices(ledger: Ledger, typed: Callable):
    change(ledger, "expiry_notice", FAR, days_before="14", given="true")
    change(ledger, "expiry_notice", FAR, days_before="7", given="false")

    now, later = (
        [(one["days_before"], one["given"]) for one in json.loads(done.stdout)]
        for done in (
            typed("notices", "--json"),
            typed("notices", "--on", FAR.isoformat(), "--json"),
        )
    )
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
