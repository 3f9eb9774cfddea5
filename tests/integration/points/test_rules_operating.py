"""What ops type about rules, and what they are told."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of
from services.points import ops
from services.points.domain.rules import RULES
from tests.integration.points.bill_files import ops as process
from tests.integration.points.rule_story import LIMITS
from tests.integration.points.story import Ledger
from tests.integration.points.test_expiry_operating import Done

engine = database_of("points", each="function")


class Operator:
    """``./mall ops rule …`` without the seconds that a process takes to start."""

    def __init__(self, capsys: pytest.CaptureFixture) -> None:
        self._capsys = capsys

    def types(self, *arguments: str) -> Done:
        code = ops.main(["rule", *arguments])
        return Done(code, *self._capsys.readouterr())

    def reads(self, *arguments: str) -> Any:
        done = self.types(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def operator(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> Operator:
    monkeypatch.setenv("MALL_DATABASE_URL_POINTS", engine.url.render_as_string(hide_password=False))
    return Operator(capsys)


@pytest.fixture
def today(ledger: Ledger) -> date:
    """In China, by the clock that the process goes by."""
    return ledger.fetch("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")[0][0]


def test_all_rules_are_listed_a_line_each(operator: Operator):
    lines = operator.types("list").stdout.splitlines()
    declared = operator.reads("list")

    assert [line.split()[0] for line in lines] == [one["name"] for one in declared] == list(RULES)
    assert lines[3].endswith("how much members may give each other / 转赠限额: " + " ".join(LIMITS))
    assert declared[3]["fields"][0] == {
        "name": "smallest",
        "expected": "a whole number from 1 to 1000000000",
        "means": {"en": "points of the smallest gift", "zh": "单笔下限"},
    }
    assert (declared[2]["scope"], len(declared[-1]["named"])) == (["from_unit", "to_unit"], 20)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_shown_as_it_is_in_force(operator: Operator, rule: str):
    shown = operator.types("show", rule)
    in_force = operator.reads("show", rule, "--on", "2026-11-20")["in_force"]

    assert (shown.returncode, shown.stdout.splitlines()[0]) == (0, f"{rule}: {RULES[rule].decides}")
    assert all(f"{name}=" in shown.stdout for name in RULES[rule].field_names)
    assert {name for row in in_force for name in row} == {*RULES[rule].field_names, "id", "effective_from", "actor"}
    assert operator.reads("show", rule, "--on", "1999-12-31")["in_force"] == []


def test_a_rule_is_set_as_a_process_and_shown_as_one(ledger: Ledger, today: date):
    tomorrow = (today + timedelta(days=1)).isoformat()

    done = process(ledger.engine, "rule", "set", "gift_limit", "largest=900", "--from", tomorrow, "--json")
    now = json.loads(process(ledger.engine, "rule", "show", "gift_limit", "--json").stdout)
    then = json.loads(process(ledger.engine, "rule", "show", "gift_limit", "--on", tomorrow, "--json").stdout)
    wrong = process(ledger.engine, "rule", "set", "gift_limit", "largest=9", "--from", tomorrow)

    answer = json.loads(done.stdout)
    assert (done.returncode, answer["written"], answer["actor"][:4]) == (0, True, "ops:")
    assert (answer["row"], answer["effective_from"], answer["until"]) == (LIMITS | {"largest": 900}, tomorrow, None)
    assert [one["largest"] for one in now["in_force"] + now["to_come"]] == [5_000, 900]
    assert (then["in_force"], then["to_come"]) == (now["to_come"], [])
    assert (wrong.returncode, wrong.stdout, wrong.stderr) == (
        1, "", "rule.invalid: the largest gift is not smaller than the smallest\n",
    )  # fmt: skip


def test_people_read_what_is_replaced_and_what_follows(operator: Operator, today: date):
    typed = ["set", "bill_accrual_rule", "points_per_yuan=2", "excluded_kinds=", "--from", today.isoformat()]

    dry = operator.types(*typed, "--dry-run").stdout
    before = len(operator.reads("show", "bill_accrual_rule")["to_come"])
    wet = operator.types(*typed).stdout
    again = operator.types(*typed).stdout

    lines = wet.splitlines()
    assert lines[0].split() == ["bill_accrual_rule", "since", "2000-01-01", "from", today.isoformat()]
    assert lines[1].split() == ["points_per_yuan", "1", "2"]
    assert lines[4].split() == ["excluded_kinds", "gifted,agency", "-"]
    assert lines[6].startswith("written by ops:")
    assert lines[7].endswith(f"basis=sale fen=50 --from {today}")
    assert (before, "a dry run: nothing was written" in dry) == (0, True)
    assert "it says so already: nothing to write" in again
    assert operator.types("set", *lines[7].split("rule set ")[1].split()).returncode == 0


def test_people_read_until_when_it_holds(operator: Operator, today: date):
    first, then = ((today + timedelta(days)).isoformat() for days in (1, 30))
    operator.types("set", "sign_up_bonus", "points=80", "--from", then)

    said = operator.types("set", "sign_up_bonus", "points=60", "--from", first).stdout

    assert said.splitlines()[-1].endswith(f" until {then}, when another row takes over")


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["set", "gift_limit", "largest=900", "--from", "2001-01-01"], 1, "rule.backdated: it cannot take effect"),
        (["set", "gift_limits", "largest=900", "--from", "2999-01-01"], 1, "rule.unknown: there is no rule"),
        (["show", "gift_limits"], 1, "rule.unknown: there is no rule 'gift_limits' known=bill_accrual_rule"),
        (["set", "gift_limit", "biggest=900", "--from", "2999-01-01"], 1, "rule.field_unknown"),
        (["set", "gift_limit", "largest=1e3", "--from", "2999-01-01"], 1, "largest is a whole number from 1 to"),
        (["set", "gift_limit", "largest=1", "largest=2", "--from", "2999-01-01"], 1, "largest is said twice"),
        (["set", "gift_limit", "largest", "--from", "2999-01-01"], 2, "'largest' is not field=value"),
        (["set", "gift_limit", "--from", "2999-01-01"], 2, "field=value"),
        (["set", "gift_limit", "largest=900"], 2, "--from"),
        (["set", "gift_limit", "largest=900", "--from", "tomorrow"], 2, "tomorrow"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_else(operator: Operator, arguments: list, code: int, complaint: str):
    done = operator.types(*arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
