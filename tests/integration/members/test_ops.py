"""What operators see and do."""

import json
import os
import pwd

import pytest

from services.members.ops import main


@pytest.fixture
def operator(desk, monkeypatch, capsys):
    """The operator's command line on this database; what the scene before it printed is set aside."""
    monkeypatch.setenv("MALL_DATABASE_URL_MEMBERS", desk.engine.url.render_as_string(hide_password=False))

    def run(*arguments: str) -> int:
        capsys.readouterr()
        return main(list(arguments))

    return run


def found_by_name(capsys) -> dict[str, list[str]]:
    results = json.loads(capsys.readouterr().out)
    assert all(result["ok"] is (result["found"] == []) for result in results)
    return {result["name"]: result["found"] for result in results}


def test_after_sign_ins_accruals_and_cancellations_all_invariants_hold(desk, operator, new_phone, capsys):
    for points in (10, 5000, 25_000):
        member_id = desk.signed_in(new_phone())["member"]["member_id"]
        desk.accrue([(member_id, points)])
        desk.change(member_id, "pre_cancel")
    desk.change(member_id, "cancel")

    assert operator("check", "--json") == 0
    assert [offenders for offenders in found_by_name(capsys).values() if offenders] == []


@pytest.mark.parametrize(
    ("damage", "repair", "name"),
    [
        ("UPDATE member SET state = 'suspended' WHERE member_id = :m",
         "UPDATE member SET state = 'active' WHERE member_id = :m", "state is that of the last state change"),
        ("UPDATE member SET tier = 'red' WHERE member_id = :m",
         "UPDATE member SET tier = 'registered' WHERE member_id = :m", "tier is that of the last tier change"),
        ("UPDATE member SET qualifying_points = 7 WHERE member_id = :m",
         "UPDATE member SET qualifying_points = 0 WHERE member_id = :m",
         "qualifying points are the sum of their months"),
        ("UPDATE sign_in_code SET used_at = NULL FROM session s "
         "WHERE s.member_id = :m AND s.code_id = sign_in_code.code_id",
         "UPDATE sign_in_code SET used_at = now() FROM session s "
         "WHERE s.member_id = :m AND s.code_id = sign_in_code.code_id", "every session was opened with a used code"),
    ],
)  # fmt: skip
def test_damage_is_found_and_named(desk, operator, phone, capsys, damage, repair, name):
    member_id = desk.signed_in(phone)["member"]["member_id"]
    desk.run(damage, m=member_id)

    assert operator("check", "--json") == 1
    assert found_by_name(capsys)[name] == [member_id]
    desk.run(repair, m=member_id)
    assert operator("check") == 0


def test_a_member_is_shown_with_masked_number_and_history(desk, operator, phone, capsys):
    member_id = desk.signed_in(phone)["member"]["member_id"]
    desk.change(member_id, "suspend")

    assert operator("show", "--phone", phone) == 0
    shown = capsys.readouterr().out
    assert phone not in shown
    assert json.loads(shown)["member_id"] == member_id
    assert [change["change"] for change in json.loads(shown)["state_changes"]] == ["suspend"]
    assert operator("show", "--member", f"mbr_{'0' * 32}") == 1


def test_an_operator_changes_a_state_and_is_named_in_the_audit(desk, operator, phone, capsys):
    member_id = desk.signed_in(phone)["member"]["member_id"]
    assert operator("state", member_id, "suspend", "--reason", "bill unpaid") == 0
    assert capsys.readouterr().out == f"{member_id} is suspended\n"
    [row] = desk.rows("SELECT reason, actor FROM state_change WHERE member_id = :m", m=member_id)
    assert row.reason == "bill unpaid"
    assert row.actor == f"ops:{pwd.getpwuid(os.getuid()).pw_name}"
    assert operator("state", member_id, "cancel", "--reason", "asked") == 1


def test_a_change_of_state_for_programs(desk, operator, phone, capsys):
    member_id = desk.signed_in(phone)["member"]["member_id"]
    assert operator("state", member_id, "suspend", "--reason", "bill unpaid", "--json") == 0
    changed = json.loads(capsys.readouterr().out)
    assert (changed["member_id"], changed["state"]) == (member_id, "suspended")


def test_without_a_database_it_says_what_is_missing(monkeypatch, capsys):
    for name in ("MALL_DATABASE_URL", "MALL_DATABASE_URL_MEMBERS"):
        monkeypatch.delenv(name, raising=False)
    assert main(["check"]) == 2
    assert "MALL_DATABASE_URL" in capsys.readouterr().err
