"""Operators' programs: arguments, exit codes, one line for whatever is wrong, and nothing but the answer on stdout."""

import json
import os
import pwd
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
import structlog

from services.chassis.operations import Verb, operate
from services.chassis.refusal import Refused
from services.chassis.showing import brief, say_json

ROOT = Path(__file__).resolve().parents[3]
NOWHERE = "postgresql://mall@127.0.0.1:1/mall"
ENDLESS = """
import sys
from services.chassis.operations import Verb, operate

def talk(works, options):
    while True:
        print("again")

sys.exit(operate("orders", "talks", [Verb("talk", "talks on", talk)], ["talk"]))
"""


@pytest.fixture(autouse=True)
def database_elsewhere(monkeypatch):
    monkeypatch.setenv("MALL_DATABASE_URL", NOWHERE)
    monkeypatch.delenv("MALL_DATABASE_URL_ORDERS", raising=False)


def typed(*argv, run=lambda works, options: 0, prog=None):
    verbs = [
        Verb("show", "shows one", run, lambda parser: parser.add_argument("order_id")),
        Verb("run start", "starts one", run),
        Verb("run stop", "stops it", run),
    ]
    return operate("orders", "operations on orders", verbs, argv, prog)


def reaching_for_the_database(works, options):
    with works.begin():
        raise AssertionError("there is no database")


def test_a_verb_gets_its_arguments_and_its_result_is_the_exit_code(capsys):
    seen = []
    code = typed("show", "ord_1", "--json", run=lambda works, options: seen.append(options) or 1)
    assert code == 1
    assert [(options.order_id, options.json) for options in seen] == [("ord_1", True)]
    assert capsys.readouterr() == ("", "")


def test_a_name_of_two_words_is_typed_as_two(capsys):
    assert typed("run", "stop", run=lambda works, options: print(options.json) or 0) == 0
    assert capsys.readouterr().out == "False\n"


@pytest.mark.parametrize(("words", "listed"), [([], ["show", "run"]), (["run"], ["start", "stop"])])
def test_without_a_verb_the_verbs_are_listed(capsys, words, listed):
    assert typed(*words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert all(f"    {verb} " in told.err for verb in listed)


def test_the_operator_is_named_by_login(monkeypatch):
    monkeypatch.setattr("pwd.getpwuid", {4711: SimpleNamespace(pw_name="lin")}.__getitem__)
    monkeypatch.setattr("os.getuid", lambda: 4711)
    actors = []
    typed("run", "start", run=lambda works, options: actors.append(works.context.actor) or 0)
    assert actors == ["ops:lin"]


@pytest.mark.parametrize("variable", ["LOGNAME", "USER", "LNAME", "USERNAME", "SUDO_USER"])
def test_nobody_becomes_another_operator_by_saying_so(monkeypatch, variable):
    monkeypatch.setenv(variable, "somebody.else")
    actors = []
    typed("run", "start", run=lambda works, options: actors.append(works.context.actor) or 0)
    assert actors == [f"ops:{pwd.getpwuid(os.getuid()).pw_name}"]


def test_an_operator_without_a_name_is_named_by_number(monkeypatch):
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
    monkeypatch.setattr("os.getuid", lambda: 4711)
    actors = []
    typed("run", "start", run=lambda works, options: actors.append(works.context.actor) or 0)
    assert actors == ["ops:4711"]


@pytest.mark.parametrize("argv", [(), ("nonsense",), ("show",), ("run",), ("run", "away"), ("show", "x", "--loud")])
def test_wrong_usage_is_two_and_said(capsys, argv):
    assert typed(*argv) == 2
    out, err = capsys.readouterr()
    assert (out, err.partition(" ")[0]) == ("", "usage:")


def test_help_speaks_of_the_program_that_was_typed(capsys):
    assert typed("--help", prog="./mall ops order") == 0
    out = capsys.readouterr().out
    assert out.startswith("usage: ./mall ops order ")
    assert all(said in out for said in ("operations on orders", "shows one", "start, stop", "exit codes: 0 done"))
    assert typed("run", "--help") == 0
    assert capsys.readouterr().out.startswith("usage: python -m services.orders.ops run ")


def test_a_refusal_is_one_line_and_one(capsys):
    def refuse(works, options):
        raise Refused("order.unknown", "no such order", order_id=options.order_id)

    assert typed("show", "ord_1", run=refuse) == 1
    assert capsys.readouterr() == ("", "order.unknown: no such order order_id=ord_1\n")


def test_without_a_database_url_it_says_which_variable_to_set(monkeypatch, capsys):
    monkeypatch.delenv("MALL_DATABASE_URL")
    assert typed("show", "ord_1") == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "MALL_DATABASE_URL: Environment variable not set (or MALL_DATABASE_URL_ORDERS)" in err


@pytest.mark.parametrize("url", ["nonsense", "postgresql://mall:geheim@127.0.0.1:port/mall", "postgresql://[::1/mall"])
def test_a_url_that_is_none_is_said_without_repeating_it(monkeypatch, capsys, url):
    monkeypatch.setenv("MALL_DATABASE_URL", url)
    assert typed("show", "ord_1") == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "must look like postgresql://user@host:5432/mall" in err
    assert "geheim" not in err


def test_a_database_that_is_not_there_is_one_line_and_two(capsys):
    assert typed("show", "ord_1", run=reaching_for_the_database) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("the database of orders cannot be used (connection to server at")


def test_a_fault_of_the_program_is_not_taken_for_one_of_the_database():
    def fail(works, options):
        raise sa.exc.ProgrammingError("SELEC 1", {}, Exception("syntax error"))

    with pytest.raises(sa.exc.ProgrammingError):
        typed("show", "ord_1", run=fail)


def test_logs_go_to_stderr_while_it_runs_and_where_they_went_afterwards(capsys):
    log = structlog.get_logger("orders")
    before = structlog.get_config()

    def log_and_answer(works, options):
        log.warning("looked at it")
        say_json([])
        return 0

    assert typed("show", "ord_1", run=log_and_answer) == 0
    out, err = capsys.readouterr()
    assert out == "[]\n"
    assert "looked at it" in err
    assert structlog.get_config() == before


def test_a_reader_that_has_enough_ends_it_quietly():
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as talking:
        assert talking.stdout.readline() == "again\n"
        talking.stdout.close()
        assert talking.stderr.read() == ""
        assert talking.wait(timeout=30) == 1


def test_json_is_one_line_of_plain_values(capsys):
    noon = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
    say_json({"at": noon, "on": date(2026, 11, 2), "sum": Decimal(12), "share": Decimal("0.5"), "of": {"b", "a"}})
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {
        "at": "2026-11-02T04:00:00.000Z", "on": "2026-11-02", "sum": 12, "share": "0.5", "of": ["a", "b"],
    }  # fmt: skip


def test_json_keeps_chinese_as_it_is_and_may_be_indented(capsys):
    say_json({"city": "深圳"}, indented=True)
    assert capsys.readouterr().out == '{\n  "city": "深圳"\n}\n'


@pytest.mark.parametrize(("value", "text"), [({"a": 1, "b": "x"}, "a=1 b=x"), ("ord_1", "ord_1"), ({}, "")])
def test_what_people_read(value, text):
    assert brief(value) == text
