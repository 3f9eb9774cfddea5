"""Keys of the operator's own people: issued once, checked by hash, revocable."""

import json

import pytest

from services.chassis.refusal import Refused
from services.members import contract
from services.members.ops import main
from services.members.usecases.check_staff_key import check_staff_key


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
    roles = [word for role in contract.STAFF_ROLES for word in ("--role", role)]
    issued = operator("issue", "li.lei", *roles, "--json")

    found = check(desk, issued["token"])

    assert found == {"key_id": issued["key_id"], "name": "li.lei", "roles": sorted(contract.STAFF_ROLES)}


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
    "wrong", [["Li Lei", "--role", "ops"], ["li", "--role", "king"], ["li"], ["li", "--role", "ops", "--days", "0"]]
)
def test_nonsense_is_not_issued(desk, monkeypatch, capsys, wrong):
    monkeypatch.setenv("MALL_DATABASE_URL_MEMBERS", desk.engine.url.render_as_string(hide_password=False))
    assert main(["staff", "issue", *wrong]) == 2
