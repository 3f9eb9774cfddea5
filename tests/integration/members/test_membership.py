"""Profiles, states and imports."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.refusal import INVALID_REQUEST, Refused
from services.chassis.testkit import emitted, race
from services.members import contract
from services.members.usecases.find_member import find_member
from services.members.usecases.get_member import get_member
from services.members.usecases.update_profile import update_profile


def refusal(call, *arguments, **options) -> Refused:
    with pytest.raises(Refused) as raised:
        call(*arguments, **options)
    return raised.value


def update(desk, member_id, **fields):
    request = contract.UPDATE_PROFILE.load_request({"request_id": new_id("req"), "member_id": member_id, **fields})
    return desk.works.once(contract.UPDATE_PROFILE, update_profile, request)


def events_of(desk, event, member_id):
    return [envelope for envelope in emitted(desk.engine, event) if envelope["subject"] == member_id]


@pytest.fixture
def member_id(desk, phone):
    return desk.signed_in(phone)["member"]["member_id"]


def test_a_profile_change_keeps_what_is_left_out_and_tells_the_others(desk, member_id):
    update(desk, member_id, name="李明", email="li.ming@example.cn")
    member = update(desk, member_id, language="en")

    assert (member["name"], member["email"], member["language"]) == ("李明", "li.ming@example.cn", "en")
    changes = events_of(desk, contract.PROFILE_CHANGED, member_id)
    assert [change["sequence"] for change in changes] == [2, 3]
    assert changes[1]["data"]["member"]["language"] == "en"


def test_a_profile_that_stays_the_same_is_no_event(desk, member_id):
    update(desk, member_id, name="李明")
    update(desk, member_id, name="李明")
    update(desk, member_id)
    assert len(events_of(desk, contract.PROFILE_CHANGED, member_id)) == 1


def test_what_is_no_email_address_is_refused_and_nothing_changes(desk, member_id):
    refused = refusal(update, desk, member_id, name="李明", email="li ming@example.cn")
    assert (refused.code, list(refused.details["fields"])) == (INVALID_REQUEST, ["email"])
    assert desk.works.run(get_member, {"member_id": member_id})["name"] is None


def test_nobody_is_nobody(desk):
    nobody = f"mbr_{'0' * 32}"
    assert refusal(desk.works.run, get_member, {"member_id": nobody}).code == contract.MEMBER_UNKNOWN
    assert refusal(update, desk, nobody, name="李明").code == contract.MEMBER_UNKNOWN
    assert refusal(desk.change, nobody, "suspend").code == contract.MEMBER_UNKNOWN


def test_a_member_is_found_by_subscriber_number_or_by_phone(desk, subscriber):
    line = subscriber()
    desk.import_all(line)
    for known in ({"subscriber_no": line["subscriber_no"]}, {"phone": line["phone"]}):
        found = desk.works.run(find_member, contract.FIND_MEMBER.load_request(known))
        assert contract.FIND_MEMBER.dump_reply(found)["member"]["subscriber_no"] == line["subscriber_no"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, INVALID_REQUEST),
        ({"subscriber_no": "T1", "phone": "13800138000"}, INVALID_REQUEST),
        ({"subscriber_no": "nobody"}, contract.MEMBER_UNKNOWN),
        ({"phone": "18900000000"}, contract.MEMBER_UNKNOWN),
        ({"phone": "12345"}, contract.PHONE_NOT_ACCEPTED),
    ],
)
def test_who_is_not_to_be_found_is_refused(desk, asked, code):
    assert refusal(desk.works.run, find_member, contract.FIND_MEMBER.load_request(asked)).code == code


def test_a_state_change_is_audited_and_told_with_the_version_as_sequence(desk, member_id):
    assert desk.change(member_id, "suspend")["state"] == "suspended"
    assert desk.change(member_id, "resume")["state"] == "active"

    told = events_of(desk, contract.STATE_CHANGED, member_id)
    assert [(event["sequence"], event["data"]["previous"], event["data"]["state"]) for event in told] == [
        (2, "active", "suspended"),
        (3, "suspended", "active"),
    ]
    audit = desk.rows(
        "SELECT change, reason, actor, version FROM state_change WHERE member_id = :m ORDER BY id", m=member_id
    )
    assert audit == [("suspend", "asked by phone", "ops:lin", 2), ("resume", "asked by phone", "ops:lin", 3)]


def test_a_change_that_the_state_does_not_allow_is_refused_and_leaves_no_trace(desk, member_id):
    refused = refusal(desk.change, member_id, "cancel")
    assert (refused.code, refused.details) == (
        contract.STATE_CHANGE_NOT_ALLOWED,
        {"state": "active", "change": "cancel"},
    )
    assert events_of(desk, contract.STATE_CHANGED, member_id) == []


def test_the_same_change_request_again_changes_once(desk, member_id):
    first = desk.change(member_id, "suspend", request_id="c-1")
    assert desk.change(member_id, "suspend", request_id="c-1")["state"] == first["state"] == "suspended"
    assert len(events_of(desk, contract.STATE_CHANGED, member_id)) == 1


def test_of_many_suspending_at_once_one_does(desk, member_id):
    results = race(*[lambda: desk.change(member_id, "suspend")] * 8)
    refused = [result for result in results if isinstance(result, Refused)]
    assert [result.code for result in refused] == [contract.STATE_CHANGE_NOT_ALLOWED] * 7
    assert len(events_of(desk, contract.STATE_CHANGED, member_id)) == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE state_change SET reason = 'x'", "DELETE FROM state_change", "TRUNCATE tier_change"]
)
def test_history_cannot_be_rewritten(desk, member_id, statement):
    desk.change(member_id, "suspend")
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        desk.run(statement)


def test_an_import_enrols_in_one_event_and_knows_its_subscribers_the_next_time(desk, subscriber):
    lines = [subscriber(email="a@example.com"), subscriber(language="en"), subscriber()]
    before = len(emitted(desk.engine, contract.MEMBERS_ENROLLED))

    assert desk.import_all(*lines) == {"imported": 3, "known": 0}
    assert desk.import_all(*lines) == {"imported": 0, "known": 3}

    [event] = emitted(desk.engine, contract.MEMBERS_ENROLLED)[before:]
    cards = event["data"]["members"]
    assert [card["subscriber_no"] for card in cards] == [line["subscriber_no"] for line in lines]
    assert [card["phone"] for card in cards] == [f"+86{line['phone']}" for line in lines]
    assert {card["channel"] for card in cards} == {"import"}
    [row] = desk.rows("SELECT * FROM member WHERE subscriber_no = :no", no=lines[0]["subscriber_no"])
    assert row.in_network_since == datetime(2019, 4, 30, 16, tzinfo=UTC)
    assert row.enrolled_at == desk.clock.now()


def test_the_same_import_request_again_has_the_same_answer(desk, subscriber):
    line = subscriber()
    assert desk.import_all(line, request_id="i-1") == {"imported": 1, "known": 0}
    assert desk.import_all(line, request_id="i-1") == {"imported": 1, "known": 0}


def test_only_the_new_ones_of_a_batch_are_told(desk, subscriber):
    known, fresh = subscriber(), subscriber()
    desk.import_all(known)
    assert desk.import_all(known, fresh, dict(fresh)) == {"imported": 1, "known": 2}
    cards = emitted(desk.engine, contract.MEMBERS_ENROLLED)[-1]["data"]["members"]
    assert [card["subscriber_no"] for card in cards] == [fresh["subscriber_no"]]


def test_a_known_number_or_subscriber_is_left_as_it_is(desk, subscriber, new_phone):
    line = subscriber(name="王芳")
    desk.import_all(line)
    answer = desk.import_all(
        {**line, "name": "李雷", "phone": new_phone()}, {**line, "subscriber_no": f"X{line['phone']}"}
    )

    assert answer == {"imported": 0, "known": 2}
    [row] = desk.rows("SELECT name, phone FROM member WHERE subscriber_no = :no", no=line["subscriber_no"])
    assert row == ("王芳", f"+86{line['phone']}")


def test_one_bad_number_refuses_the_batch_and_is_named(desk, subscriber):
    good, bad = subscriber(), subscriber(phone="010-62770001")
    refused = refusal(desk.import_all, good, bad)
    assert (refused.code, refused.details) == (contract.PHONE_NOT_ACCEPTED, {"subscriber_nos": [bad["subscriber_no"]]})
    assert desk.rows("SELECT 1 FROM member WHERE subscriber_no = :no", no=good["subscriber_no"]) == []


def test_one_bad_address_refuses_the_batch(desk, subscriber):
    assert refusal(desk.import_all, subscriber(email="nobody")).code == INVALID_REQUEST


def test_overlapping_imports_at_once_enrol_everyone_once(desk, subscriber):
    lines = [subscriber() for _ in range(60)]
    batches = [lines, lines[::-1], lines[20:] + lines[:20], lines[::2] + lines[1::2]]
    results = race(*[lambda batch=batch: desk.import_all(*batch) for batch in batches])

    assert sum(result["imported"] for result in results) == 60
    numbers = [line["subscriber_no"] for line in lines]
    [row] = desk.rows("SELECT count(*) AS n FROM member WHERE subscriber_no = ANY(:numbers)", numbers=numbers)
    assert row.n == 60


def test_a_full_batch_is_one_statement(desk, subscriber):
    lines = [subscriber() for _ in range(contract.LARGEST_BATCH)]
    statements = []
    sa.event.listen(desk.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    desk.import_all(*lines)
    assert len([statement for statement in statements if "INTO member" in statement]) == 1
    assert len(statements) < 10
