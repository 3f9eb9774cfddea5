"""Audits on a real database: what is found, how much of it is shown, and that one audit sees one moment."""

import json

import pytest
import sqlalchemy as sa

from services.chassis.data.audit import MOST_SHOWN, audited, finding
from services.chassis.operations import audit, operate
from services.chassis.testkit import works_on
from tests.integration.chassis.echo import note

NO_BAD_NOTES = {"no note is bad": "SELECT what FROM note WHERE what LIKE 'bad%'"}


@pytest.fixture
def write(database):
    def write_notes(*texts):
        with database.begin() as connection:
            connection.execute(note.insert(), [{"what": text} for text in texts])

    return write_notes


@pytest.fixture
def program(database, monkeypatch):
    """``program(check)(…)``: the exit code of ``check`` typed with these words."""
    monkeypatch.setenv("MALL_DATABASE_URL_ORDERS", database.url.render_as_string(hide_password=False))
    return lambda check: lambda *argv: operate("orders", "orders", [audit(check)], ["check", *argv])


def look(database, rules, **parameters):
    with works_on(database).begin() as work:
        return audited(work, rules, **parameters)


def test_nothing_found_is_ok(database, write):
    write("good")
    assert look(database, NO_BAD_NOTES) == [{"name": "no note is bad", "ok": True, "found": []}]


def test_offenders_are_named_once_and_in_order(database, write):
    write("bad b", "bad a", "bad b")
    assert look(database, NO_BAD_NOTES) == [{"name": "no note is bad", "ok": False, "found": ["bad a", "bad b"]}]


def test_wider_rows_are_shown_by_column_and_values_are_bound(database, write):
    write("bad a", "bad b")
    rule = {"once": "SELECT what, count(*) AS times FROM note WHERE what = :what GROUP BY what"}
    assert look(database, rule, what="bad a", unused=1)[0]["found"] == [{"what": "bad a", "times": 1}]


def test_twenty_are_enough(database, write):
    write(*(f"bad {n:02d}" for n in range(MOST_SHOWN + 5)))
    assert look(database, NO_BAD_NOTES)[0]["found"] == [f"bad {n:02d}" for n in range(MOST_SHOWN)]
    assert finding("few", iter(range(100)))["found"] == list(range(MOST_SHOWN))


def test_the_verb_prints_a_line_a_rule_or_one_json_list(program, write, capsys):
    check = program(lambda work: audited(work, NO_BAD_NOTES | {"notes are there": "SELECT 1 WHERE false"}))
    assert check() == 0
    assert capsys.readouterr() == ("✓ no note is bad\n✓ notes are there\n", "")
    write("bad a", "bad b")
    assert check() == 1
    assert capsys.readouterr() == ("✗ no note is bad: bad a, bad b\n✓ notes are there\n", "")
    assert check("--json") == 1
    out, err = capsys.readouterr()
    assert (out.count("\n"), err) == (1, "")
    assert json.loads(out) == [
        {"name": "no note is bad", "ok": False, "found": ["bad a", "bad b"]},
        {"name": "notes are there", "ok": True, "found": []},
    ]


def test_people_are_told_that_there_may_be_more(program, write, capsys):
    write(*(f"bad {n:02d}" for n in range(MOST_SHOWN + 5)))
    program(lambda work: audited(work, NO_BAD_NOTES))()
    assert capsys.readouterr().out.endswith("bad 19 … (the first 20)\n")


def test_work_that_ends_between_two_rules_is_not_seen(program, write, capsys):
    def check(work):
        before = audited(work, NO_BAD_NOTES)
        write("bad a")
        return before + audited(work, NO_BAD_NOTES)

    assert program(check)() == 0
    assert program(lambda work: audited(work, NO_BAD_NOTES))() == 1


def test_an_audit_changes_nothing(program):
    with pytest.raises(sa.exc.DBAPIError, match="read-only transaction"):
        program(lambda work: [finding("written", work.execute(sa.insert(note).values(what="x")).all())])()


def test_a_large_table_may_take_longer_than_a_request(program, capsys):
    def patience(work):
        return [finding("unlimited", [work.execute(sa.text("SHOW statement_timeout")).scalar_one()])]

    program(patience)("--json")
    assert json.loads(capsys.readouterr().out)[0]["found"] == ["0"]


def test_a_moment_can_be_looked_at_for_as_long_as_it_takes(database, write):
    with works_on(database).still() as work:
        assert look_at(work) == 0
        write("later")
        assert look_at(work) == 0
        assert work.execute(sa.text("SHOW statement_timeout")).scalar_one() == "0"
    with works_on(database).begin() as work:  # whoever gets this connection next works as ever
        assert look_at(work) == 1
        write_one = work.execute(sa.insert(note).values(what="written")).rowcount
        settings = work.execute(
            sa.text("SELECT current_setting('transaction_isolation'), current_setting('statement_timeout')")
        )
        assert (write_one, tuple(settings.one())) == (1, ("read committed", "15s"))


def test_a_moment_is_for_looking_only(database):
    with pytest.raises(sa.exc.DBAPIError, match="read-only transaction"), works_on(database).still() as work:
        work.execute(sa.insert(note).values(what="x"))


def test_one_transaction_may_take_its_time_and_the_next_may_not(database):
    works = works_on(database)
    with works.begin() as work:
        work.at_leisure()
        assert time_outs(work) == ("0", "5min", "2s", "5s")
        assert work.execute(sa.insert(note).values(what="slowly")).rowcount == 1
    with works.begin() as work:
        assert time_outs(work) == ("15s", "30s", "0", "5s")


def look_at(work):
    return work.execute(sa.text("SELECT count(*) FROM note")).scalar_one()


def time_outs(work):
    names = (
        "statement_timeout",
        "idle_in_transaction_session_timeout",
        "client_connection_check_interval",
        "lock_timeout",
    )
    return tuple(work.execute(sa.text(f"SHOW {name}")).scalar_one() for name in names)


def test_a_database_without_tables_is_told_to_be_migrated(program, capsys):
    assert program(lambda work: audited(work, {"gone": "SELECT 1 FROM gone"}))() == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "is not migrated" in err
    assert "python -m services.chassis.migrate orders" in err
