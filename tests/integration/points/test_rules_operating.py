"""What ops type about rules, and what they are told."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of
from services.points import contract, ops
from services.points.domain.rules import RULES
from tests.integration.points.at_the_command_line import is_at_the_command_line
from tests.integration.points.bill_files import ops as process
from tests.integration.points.rule_story import LIMITS, approve, change
from tests.integration.points.story import Ledger
from tests.integration.points.test_expiry_operating import Done

engine = database_of("points", each="function")
WHY = ["--because", "a test"]


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

    assert [line.split()[0] for line in lines] == [one["rule"] for one in declared] == list(RULES)
    assert lines[3].endswith("how much members may give each other / 转赠限额: " + " ".join(LIMITS))
    assert declared[3]["takes"][0] == {
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
    assert all(row["says"].keys() == set(RULES[rule].field_names) for row in in_force)
    assert {(row["actor"], row["change_id"]) for row in in_force} == {("migration", None)}
    assert operator.reads("show", rule, "--on", "1999-12-31")["in_force"] == []


def test_a_rule_is_asked_for_as_a_process_and_shown_as_one(ledger: Ledger, today: date):
    tomorrow = (today + timedelta(days=1)).isoformat()
    typed = ["--from", tomorrow, "--because", "resold", "--json"]

    done = process(ledger.engine, "rule", "set", "gift_limit", "largest=900", *typed)
    answer = json.loads(done.stdout)
    own = process(ledger.engine, "rule", "approve", answer["change_id"])
    approve(ledger, answer["change_id"])
    now = json.loads(process(ledger.engine, "rule", "show", "gift_limit", "--json").stdout)
    wrong = process(ledger.engine, "rule", "set", "gift_limit", "largest=9", *typed)

    assert (done.returncode, answer["effective_from"], answer["until"]) == (0, tomorrow, None)
    assert answer["says"] == {name: str(said) for name, said in (LIMITS | {"largest": 900}).items()}
    assert (own.returncode, contract.RULE_CHANGE_OF_ONESELF in own.stderr) == (1, True)
    assert [one["says"]["largest"] for one in now["in_force"] + now["to_come"]] == ["5000", "900"]
    assert (wrong.returncode, wrong.stdout, wrong.stderr) == (
        1, "", "rule.invalid: the largest gift is not smaller than the smallest\n",
    )  # fmt: skip


def test_people_read_what_is_replaced_what_follows_and_who_has_to_approve(
    ledger: Ledger, operator: Operator, today: date, monkeypatch: pytest.MonkeyPatch
):
    typed = ["set", "bill_accrual_rule", "points_per_yuan=2", "excluded_kinds=", "--from", today.isoformat()]

    dry = operator.types(*typed, "--dry-run").stdout.splitlines()
    wet = operator.types(*typed, "--because", "spring").stdout.splitlines()
    change_id = wet[-1].partition(":")[0]
    asked = operator.types("changes", "--state", "requested").stdout
    is_at_the_command_line(monkeypatch, "li", ledger)
    done = operator.types("approve", change_id).stdout.splitlines()
    again = operator.types(*typed, "--dry-run")

    assert wet[0].split() == ["bill_accrual_rule", "since", "2000-01-01", "from", today.isoformat()]
    assert wet[1].split() == ["points_per_yuan", "1", "2"]
    assert wet[4].split() == ["excluded_kinds", "agency,gifted", "-"]
    assert wet[6].endswith(f"basis=sale fen=50 --from {today}")
    assert wet[7] == f"{change_id}: nothing changes until somebody else types: rule approve {change_id}"
    assert dry == [*wet[:7], "a dry run: nothing was asked for"]
    assert asked.startswith(f"{change_id} asked for by ops:") and ": spring\n" in asked and wet[1] in asked
    assert done[:7] == wet[:7] and done[7].startswith(f"{change_id}: approved by ops:li, asked for by ops:")
    assert (again.returncode, again.stderr) == (1, f"rule.unchanged: it says so already since={today}\n")
    follow = wet[6].split("rule set ")[1].split()
    approve(ledger, operator.reads("set", *follow, "--because", "it has to follow")["change_id"], by="ops:han")


def test_people_read_until_when_it_holds_and_why_it_was_rejected(ledger: Ledger, operator: Operator, today: date):
    first, then = (today + timedelta(days) for days in (1, 30))
    change(ledger, "sign_up_bonus", then, points="80")

    asked = operator.types("set", "sign_up_bonus", "points=60", "--from", first.isoformat(), "--because", "x").stdout
    change_id = asked.splitlines()[-1].partition(":")[0]
    rejected = operator.types("reject", change_id, "--because", "too dear").stdout
    seen = operator.types("changes", "--most", "1").stdout

    assert asked.splitlines()[2] == f"until {then}, when another row takes over"
    assert rejected == f"{change_id} is rejected\n"
    assert seen.splitlines()[1].startswith("rejected by ops:") and seen.splitlines()[1].endswith(": too dear")
    assert "more: --before 2" in seen


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (
            ["set", "gift_limit", "largest=900", "--from", "2001-01-01", *WHY],
            1,
            "rule.backdated: it cannot take effect",
        ),
        (["set", "gift_limits", "largest=900", "--from", "2999-01-01", *WHY], 1, "rule.unknown: there is no rule"),
        (["show", "gift_limits"], 1, "rule.unknown: there is no rule 'gift_limits' known=bill_accrual_rule"),
        (["set", "gift_limit", "biggest=900", "--from", "2999-01-01", *WHY], 1, "rule.field_unknown"),
        (["set", "gift_limit", "largest=1e3", "--from", "2999-01-01", *WHY], 1, "largest is a whole number from 1 to"),
        (["set", "gift_limit", "largest=1", "largest=2", "--from", "2999-01-01", *WHY], 1, "largest is said twice"),
        (["set", "gift_limit", "largest", "--from", "2999-01-01", *WHY], 2, "'largest' is not field=value"),
        (["set", "gift_limit", "--from", "2999-01-01", *WHY], 2, "field=value"),
        (["set", "gift_limit", "largest=900", *WHY], 2, "--from"),
        (["set", "gift_limit", "largest=900", "--from", "2999-01-01"], 2, "--because"),
        (["approve", "chg_1"], 1, "request.invalid"),
        (["set", "gift_limit", "largest=900", "--from", "tomorrow", *WHY], 2, "tomorrow"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_else(operator: Operator, arguments: list, code: int, complaint: str):
    done = operator.types(*arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
