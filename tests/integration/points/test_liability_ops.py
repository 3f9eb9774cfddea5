"""``./mall ops ledger`` as its own process, by the clock on the wall."""

import json
from datetime import UTC, datetime

import pytest

from services.chassis.clock import local_date
from services.chassis.testkit import database_of
from services.points.domain.liability.months import Month
from tests.integration.points.bill_files import ops
from tests.integration.points.liability_story import Books
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")
THIS_MONTH = Month.of(local_date(datetime.now(UTC)))
LAST_MONTH, NEXT_MONTH = THIS_MONTH.later(-1), THIS_MONTH.later(1)


@pytest.fixture
def books(ledger: Ledger) -> Books:
    made = Books(ledger)
    made.on(str(LAST_MONTH.first_day))
    ledger.accrue(ledger.member(), 1_234_567, "referral")
    return made


def test_a_month_is_shown_closed_and_worked_out_again(books: Books):
    month = ("--month", str(LAST_MONTH))

    shown = ops(books.ledger.engine, "ledger", "liability", *month, "--json")
    closed = ops(books.ledger.engine, "ledger", "close-month", *month, "--json")
    once_more = ops(books.ledger.engine, "ledger", "close-month", *month, "--json")
    again = ops(books.ledger.engine, "ledger", "liability", *month, "--again")

    fen = [json.loads(done.stdout)["units"][0]["fen"]["closing"] for done in (shown, closed)]
    assert fen == [1_234_567, 1_234_567]
    assert (closed.returncode, once_more.stdout) == (0, closed.stdout)
    assert (again.returncode, again.stdout.strip()) == (0, f"✓ {LAST_MONTH}")
    assert books.ledger.fetch("SELECT actor LIKE 'ops:%' FROM liability_close") == [(True,)]


def test_people_read_it_in_two_languages_and_in_yuan(books: Books):
    lines = ops(books.ledger.engine, "ledger", "liability", "--month", str(THIS_MONTH)).stdout.splitlines()

    assert lines[0] == f"积分负债 Points liability {THIS_MONTH}: 未结账 open"
    assert ["期末", "closing", "12345.67"] in [line.split() for line in lines]
    assert [line.split() for line in lines if line.startswith(("到期月", "2"))][1:] == [
        [f"{LAST_MONTH.first_day.year + 2}-12", "referral", "1,234,567", "12345.67", "1,234,567", "12345.67"]
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["close-month", "--month", str(THIS_MONTH)], 1, "liability.month_not_over"),
        (["liability", "--month", str(NEXT_MONTH)], 1, "liability.month_to_come"),
        (["liability", "--month", str(LAST_MONTH), "--again"], 1, "liability.month_open"),
        (["liability", "--month", "October"], 2, "not a month like 2026-10"),
        (["liability"], 2, "--month"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(books: Books, arguments: list[str], code: int, complaint: str):
    done = ops(books.ledger.engine, "ledger", *arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_close_that_the_ledger_does_not_bear_out_is_found(books: Books):
    month = ("--month", str(LAST_MONTH))
    ops(books.ledger.engine, "ledger", "close-month", *month)
    books.ledger.accrue(books.ledger.member(), 1, "referral")
    books.ledger.execute("ALTER TABLE journal DISABLE TRIGGER journal_append_only")
    books.ledger.execute("UPDATE journal SET posted_at = posted_at - interval '1 minute'")

    found = ops(books.ledger.engine, "ledger", "liability", *month, "--again")

    parts = "layers, ledger, outstanding, run_off, sources, units"
    assert (found.returncode, found.stdout.strip()) == (1, f"✗ {LAST_MONTH}: {parts}")
