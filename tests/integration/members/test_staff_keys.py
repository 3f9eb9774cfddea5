"""Keys of staff: issued once, checked by hash, revocable; a counter's key opens that counter alone."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import works_on
from services.members import contract
from services.members.ops import main
from services.members.storage.staff_keys import add_key
from services.members.usecases.check_staff_key import check_staff_key
from tests.support.old_databases import database_from

KEY_OF_BEFORE = """
INSERT INTO staff_key (key_id, name, roles, token_hash, issued_by, issued_at, expires_at) VALUES
('stk_1', 'han.mei', ARRAY['ops'], sha256('of before'), 'ops:root', now(), now() + interval '90 days')
"""


@pytest.fixture
def operator(desk, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_MEMBERS", desk.engine.url.render_as_string(hide_password=False))

    def run(*arguments: str) -> dict | list | None:
        capsys.readouterr()
        assert main(["staff", *arguments]) == 0
        out = capsys.readouterr().out
        return json.loads(out) if "--json" in arguments else None

    return run


def check(desk, token: str) -> dict:
    found = desk.works.run(check_staff_key, contract.CHECK_STAFF_KEY.load_request({"token": token}))
    return contract.CHECK_STAFF_KEY.dump_reply(found)


def test_an_issued_key_names_its_person_and_roles(desk, operator):
    roles = [word for role in contract.OPERATOR_ROLES for word in ("--role", role)]
    issued = operator("issue", "li.lei", *roles, "--json")

    found = check(desk, issued["token"])

    person = {"key_id": issued["key_id"], "name": "li.lei", "roles": sorted(contract.OPERATOR_ROLES)}
    assert found == {**person, "merchant_id": None, "place_id": None}


def test_a_key_of_a_counter_opens_that_counter_alone(desk, operator):
    merchant, hall = new_id("mer"), new_id("whs")

    at_merchant = check(desk, operator("issue", "wang", "--merchant", merchant, "--json")["token"])
    at_hall = check(desk, operator("issue", "wang", "--hall", hall, "--json")["token"])

    scope = ("roles", "merchant_id", "place_id")
    assert [at_merchant[each] for each in scope] == [["merchant"], merchant, None]
    assert [at_hall[each] for each in scope] == [["hall"], None, hall]


@pytest.mark.parametrize(
    ("roles", "merchant_id"), [(["merchant"], None), (["merchant", "ops"], f"mer_{'0' * 32}"), (["hall"], None)]
)
def test_a_counter_without_its_scope_or_with_more_than_it_is_no_key(desk, roles, merchant_id):
    key = {"key_id": new_id("stk"), "name": "wang", "roles": roles, "merchant_id": merchant_id, "place_id": None}

    with pytest.raises(sa.exc.IntegrityError, match="staff_key_roles_check"), desk.works.begin() as work:
        add_key(work, key, key["key_id"].encode(), work.now + timedelta(days=1))


def test_keys_of_before_there_were_counters_open_what_they_did():
    with database_from("members", "0003", KEY_OF_BEFORE) as engine:
        found = works_on(engine).run(check_staff_key, {"token": "of before"})

    assert (found["name"], found["roles"], found["merchant_id"], found["place_id"]) == ("han.mei", ["ops"], None, None)


def test_a_revoked_key_opens_nothing(desk, operator):
    issued = operator("issue", "han.mei", "--role", "ops", "--json")
    operator("revoke", issued["key_id"])

    with pytest.raises(Refused, match=contract.STAFF_KEY_UNKNOWN):
        check(desk, issued["token"])


def test_a_key_runs_out(desk, operator):
    issued = operator("issue", "han.mei", "--role", "ops", "--days", "1", "--json")
    desk.clock.advance(days=400)

    with pytest.raises(Refused, match=contract.STAFF_KEY_UNKNOWN):
        check(desk, issued["token"])


def test_the_secret_is_nowhere_in_the_list_or_the_table(desk, operator):
    issued = operator("issue", "li.lei", "--role", "ops", "--json")

    listed = operator("list", "--json")

    assert issued["key_id"] in {key["key_id"] for key in listed}
    assert issued["token"] not in json.dumps(listed)


@pytest.mark.parametrize(
    "wrong",
    [
        ["Li Lei", "--role", "ops"],
        ["li", "--role", "king"],
        ["li", "--role", "merchant"],
        ["li", "--merchant", "mer_1"],
        ["li", "--merchant", f"mer_{'0' * 32}", "--role", "ops"],
        ["li", "--merchant", f"mer_{'0' * 32}", "--hall", f"whs_{'0' * 32}"],
        ["li"],
        ["li", "--role", "ops", "--days", "0"],
    ],
)
def test_nonsense_is_not_issued(desk, monkeypatch, capsys, wrong):
    monkeypatch.setenv("MALL_DATABASE_URL_MEMBERS", desk.engine.url.render_as_string(hide_password=False))
    assert main(["staff", "issue", *wrong]) == 2
