"""Sessions: how they live, how they end."""

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import race
from services.members import contract
from services.members.usecases.forget_old_sign_ins import forget_old_sign_ins
from services.members.usecases.list_sessions import list_sessions
from services.members.usecases.revoke_session import revoke_session


def is_live(desk, token) -> bool:
    try:
        desk.check(token)
    except Refused as refused:
        assert refused.code == contract.SESSION_UNKNOWN
        return False
    return True


def sessions_of(desk, signed):
    reply = list_sessions(desk.works, {"member_id": signed["member"]["member_id"]})
    contract.LIST_SESSIONS.reply().load(contract.LIST_SESSIONS.dump_reply(reply))
    return [session["session_id"] for session in reply["sessions"]]


def revoke(desk, member_id, session_id):
    request = {"request_id": new_id("req"), "member_id": member_id, "session_id": session_id}
    return desk.works.once(contract.REVOKE_SESSION, revoke_session, request)


def test_a_token_names_its_member_state_tier_and_language(desk, phone):
    signed = desk.signed_in(phone)
    assert contract.CHECK_SESSION.dump_reply(desk.check(signed["token"])) == {
        "session_id": signed["session_id"],
        "member_id": signed["member"]["member_id"],
        "state": "active",
        "tier": "registered",
        "language": "zh",
        "segments": [],
    }


@pytest.mark.parametrize("token", ["", "x", "A" * 43])
def test_other_tokens_are_unknown(desk, token):
    assert not is_live(desk, token)


def test_a_session_ends_after_half_an_hour_without_use(desk, phone):
    token = desk.signed_in(phone)["token"]
    desk.clock.advance(minutes=29, seconds=59)
    assert is_live(desk, token)
    desk.clock.advance(minutes=29, seconds=59)
    assert is_live(desk, token)
    desk.clock.advance(minutes=30)
    assert not is_live(desk, token)
    desk.clock.advance(minutes=-20)  # an ended session stays ended only by time: the rule is the clock's
    assert is_live(desk, token)


def test_a_session_in_use_ends_after_twelve_hours(desk, phone):
    signed = desk.signed_in(phone)
    for _ in range(35):
        desk.clock.advance(minutes=20)
        assert is_live(desk, signed["token"])
    desk.clock.advance(minutes=19, seconds=59)
    assert is_live(desk, signed["token"])
    desk.clock.advance(seconds=1)
    assert not is_live(desk, signed["token"])
    assert sessions_of(desk, signed) == []


def test_last_seen_is_written_at_most_once_a_minute(desk, phone):
    signed = desk.signed_in(phone)
    written = []
    for _ in range(4):
        desk.clock.advance(seconds=25)
        desk.check(signed["token"])
        [row] = desk.rows(
            "SELECT extract(epoch FROM last_seen_at - started_at) AS s FROM session WHERE session_id = :id",
            id=signed["session_id"],
        )
        written.append(int(row.s))
    assert written == [0, 0, 75, 75]


def test_checks_at_once_all_succeed(desk, phone):
    token = desk.signed_in(phone)["token"]
    desk.clock.advance(minutes=5)
    assert all(isinstance(result, dict) for result in race(*[lambda: desk.check(token)] * 12))


def test_live_sessions_are_listed_newest_first(desk, phone):
    first = desk.signed_in(phone)
    desk.clock.advance(minutes=2)
    second = desk.signed_in(phone)
    assert sessions_of(desk, second) == [second["session_id"], first["session_id"]]


def test_a_revoked_session_is_dead_at_once_and_the_others_live(desk, phone):
    first = desk.signed_in(phone)
    desk.clock.advance(minutes=2)
    second = desk.signed_in(phone)
    member_id = first["member"]["member_id"]

    assert revoke(desk, member_id, first["session_id"]) == {"session_id": first["session_id"]}
    assert not is_live(desk, first["token"])
    assert is_live(desk, second["token"])
    assert sessions_of(desk, second) == [second["session_id"]]
    assert revoke(desk, member_id, first["session_id"]) == {"session_id": first["session_id"]}


def test_nobody_revokes_a_session_of_another_member(desk, new_phone):
    mine, theirs = desk.signed_in(new_phone()), desk.signed_in(new_phone())
    with pytest.raises(Refused) as refused:
        revoke(desk, mine["member"]["member_id"], theirs["session_id"])
    assert refused.value.code == contract.SESSION_UNKNOWN
    assert is_live(desk, theirs["token"])


def test_a_suspended_members_session_says_so(desk, phone):
    signed = desk.signed_in(phone)
    desk.change(signed["member"]["member_id"], "suspend")
    assert desk.check(signed["token"])["state"] == "suspended"


def test_cancelling_a_membership_ends_its_sessions(desk, phone):
    signed = desk.signed_in(phone)
    desk.change(signed["member"]["member_id"], "pre_cancel")
    assert is_live(desk, signed["token"])
    desk.change(signed["member"]["member_id"], "cancel")
    assert not is_live(desk, signed["token"])
    assert sessions_of(desk, signed) == []


def test_old_codes_and_sessions_are_forgotten_and_live_ones_kept(desk, new_phone):
    old, new = new_phone(), new_phone()
    desk.signed_in(old)
    desk.clock.advance(days=31)
    live = desk.signed_in(new)
    while forget_old_sign_ins(desk.works):
        pass

    phones = {row.phone for row in desk.rows("SELECT phone FROM sign_in_code UNION SELECT phone FROM code_request")}
    assert f"+86{old}" not in phones
    assert f"+86{new}" in phones
    assert is_live(desk, live["token"])
    assert desk.rows("SELECT 1 FROM session JOIN member USING (member_id) WHERE phone = :p", p=f"+86{old}") == []
