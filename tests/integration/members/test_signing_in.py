"""Signing in with a code: wrong, late, replayed, raced."""

import pytest
import sqlalchemy as sa

from services.chassis.refusal import KEY_REUSED, Refused
from services.chassis.testkit import emitted, race
from services.members import contract
from services.members.usecases.enrol_member import enrol_member


def refusal(call, *arguments, **options) -> Refused:
    with pytest.raises(Refused) as raised:
        call(*arguments, **options)
    return raised.value


def enrolled_events(desk, phone):
    events = emitted(desk.engine, contract.MEMBERS_ENROLLED)
    return [event for event in events if event["data"]["members"][0]["phone"] == f"+86{phone}"]


def test_an_unknown_number_becomes_a_member_and_says_so_to_the_others(desk, phone):
    desk.send(phone)
    answer = contract.SIGN_IN.dump_reply(desk.sign_in(phone))

    assert answer["enrolled"] is True
    assert answer["expires_at"] == "2026-11-02T16:00:00.000Z"
    assert answer["member"]["tier"] == "registered"
    [event] = enrolled_events(desk, phone)
    [card] = event["data"]["members"]
    assert (event["subject"], event["sequence"]) == (answer["member"]["member_id"], 1)
    assert (card["channel"], card["state"], card["subscriber_no"]) == ("web", "active", None)


def test_a_known_number_signs_in_without_a_second_enrolment(desk, phone):
    first = desk.signed_in(phone)
    desk.clock.advance(minutes=2)
    again = desk.signed_in(phone)

    assert again["enrolled"] is False
    assert again["member"]["member_id"] == first["member"]["member_id"]
    assert again["token"] != first["token"]
    assert len(enrolled_events(desk, phone)) == 1


def test_a_wrong_code_is_refused_with_the_tries_that_are_left(desk, phone):
    desk.send(phone)
    refused = refusal(desk.sign_in, phone, code="000000")
    assert (refused.code, refused.details) == (contract.CODE_WRONG, {"tries_left": 4})


def test_the_sixth_try_is_refused_even_with_the_right_code(desk, phone):
    desk.send(phone)
    for guess in range(5):
        assert refusal(desk.sign_in, phone, code=f"10000{guess}").code == contract.CODE_WRONG
    assert refusal(desk.sign_in, phone).code == contract.TOO_MANY_TRIES


def test_the_fifth_try_still_counts(desk, phone):
    desk.send(phone)
    for guess in range(4):
        refusal(desk.sign_in, phone, code=f"10000{guess}")
    assert desk.sign_in(phone)["enrolled"] is True


def test_forty_guesses_at_once_are_five_tries(desk, phone):
    desk.send(phone)
    guesses = race(*[lambda n=n: desk.sign_in(phone, code=f"9000{n:02d}") for n in range(20)])
    guesses += race(*[lambda n=n: desk.sign_in(phone, code=f"8000{n:02d}") for n in range(20)])

    codes = [guess.code for guess in guesses]
    assert codes.count(contract.CODE_WRONG) == 5
    assert codes.count(contract.TOO_MANY_TRIES) == 35


def test_the_same_wrong_request_again_is_not_another_try(desk, phone):
    desk.send(phone)
    for _ in range(3):
        assert refusal(desk.sign_in, phone, code="000000", request_id="w-1").details == {"tries_left": 4}
    assert refusal(desk.sign_in, phone, code="000001", request_id="w-1").details == {"tries_left": 3}


@pytest.mark.parametrize(
    ("after_s", "outcome"), [(299, None), (300, contract.CODE_EXPIRED), (301, contract.CODE_EXPIRED)]
)
def test_a_code_lives_five_minutes(desk, phone, after_s, outcome):
    desk.send(phone)
    desk.clock.advance(seconds=after_s)
    if outcome is None:
        assert desk.sign_in(phone)["enrolled"] is True
    else:
        assert refusal(desk.sign_in, phone).code == outcome


def test_a_code_of_another_number_opens_nothing(desk, new_phone):
    mine, other = new_phone(), new_phone()
    desk.send(mine, code="111111")
    desk.send(other, code="222222")

    assert refusal(desk.sign_in, mine, code="222222").code == contract.CODE_WRONG
    assert desk.sign_in(mine, code="111111")["enrolled"] is True


def test_a_resend_replaces_the_code_before_it(desk, phone):
    desk.send(phone, code="111111")
    desk.clock.advance(seconds=61)
    desk.send(phone, code="222222")

    assert refusal(desk.sign_in, phone, code="111111").code == contract.CODE_WRONG
    assert desk.sign_in(phone, code="222222")["enrolled"] is True


def test_a_used_code_opens_no_second_session(desk, phone):
    desk.signed_in(phone)
    assert refusal(desk.sign_in, phone).code == contract.CODE_WRONG


def test_of_ten_at_once_with_one_code_exactly_one_gets_a_session(desk, phone):
    desk.send(phone)
    results = race(*[lambda: desk.sign_in(phone)] * 10)

    sessions = [result for result in results if not isinstance(result, Exception)]
    assert len(sessions) == 1
    losers = {result.code for result in results if isinstance(result, Refused)}
    assert losers <= {contract.CODE_WRONG, contract.TOO_MANY_TRIES}
    opened = "SELECT session_id FROM session JOIN member USING (member_id) WHERE phone = :p"
    assert [row.session_id for row in desk.rows(opened, p=f"+86{phone}")] == [sessions[0]["session_id"]]


def test_the_same_request_at_once_and_later_gets_the_same_session_and_token(desk, phone):
    desk.send(phone)
    results = race(*[lambda: desk.sign_in(phone, request_id="s-1")] * 6)
    desk.clock.advance(seconds=200)
    results.append(desk.sign_in(phone, request_id="s-1"))

    assert len({result["token"] for result in results}) == 1
    assert len({result["session_id"] for result in results}) == 1
    assert {result["enrolled"] for result in results} == {True}
    assert desk.check(results[0]["token"])["session_id"] == results[0]["session_id"]


def test_a_request_id_does_not_open_anybody_elses_session(desk, new_phone):
    mine, other = new_phone(), new_phone()
    desk.send(mine, code="111111")
    desk.sign_in(mine, code="111111", request_id="s-2")

    assert refusal(desk.sign_in, mine, code="333333", request_id="s-2").code == contract.CODE_WRONG
    desk.send(other, code="222222")
    assert refusal(desk.sign_in, other, code="222222", request_id="s-2").code == KEY_REUSED


def test_a_retry_after_the_codes_life_gets_no_token(desk, phone):
    desk.send(phone)
    desk.sign_in(phone, request_id="s-3")
    desk.clock.advance(seconds=301)
    assert refusal(desk.sign_in, phone, request_id="s-3").code == contract.CODE_EXPIRED


def test_without_a_code_there_is_nothing_to_guess(desk, phone):
    assert refusal(desk.sign_in, phone).code == contract.CODE_WRONG


def test_enrolling_one_number_at_once_makes_exactly_one_member(desk, phone):
    def enrol():
        with desk.works.begin() as work:
            return enrol_member(work, f"+86{phone}", "web")

    results = race(*[enrol] * 12)
    assert [result.is_new for result in results].count(True) == 1
    assert len({result.member.member_id for result in results}) == 1
    assert len(enrolled_events(desk, phone)) == 1


def test_signing_in_and_being_imported_at_once_makes_exactly_one_member(desk, subscriber):
    line = subscriber()
    desk.send(line["phone"])
    signed, imported = race(lambda: desk.sign_in(line["phone"]), lambda: desk.import_all(line))

    assert signed["enrolled"] is (imported["imported"] == 0)
    assert len(enrolled_events(desk, line["phone"])) == 1


def test_a_suspended_member_signs_in_and_a_cancelled_one_does_not(desk, phone):
    member_id = desk.signed_in(phone)["member"]["member_id"]
    desk.change(member_id, "suspend")
    desk.clock.advance(minutes=2)
    assert desk.signed_in(phone)["member"]["state"] == "suspended"

    desk.change(member_id, "pre_cancel")
    desk.change(member_id, "cancel")
    desk.clock.advance(minutes=2)
    desk.send(phone)
    assert refusal(desk.sign_in, phone).code == contract.PHONE_NOT_ACCEPTED


def test_the_code_and_the_token_are_in_no_table_and_in_no_event(desk, phone, capfd):
    code = "739105"
    desk.send(phone, code=code)
    refusal(desk.sign_in, phone, code="739106")
    token = desk.sign_in(phone, code=code)["token"]

    dump = whole_database(desk.engine)
    logged = "".join(capfd.readouterr())
    assert f"+86{phone}" in dump
    assert "sign_in_refused" in logged
    for secret in (code, "739106", token):
        assert secret not in dump
        assert secret not in logged
    assert phone not in logged


def whole_database(engine: sa.Engine) -> str:
    """Every row of every table as text, bytes as they are and as hex."""
    with engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        rows = [
            row[0]
            for table in tables
            for row in connection.execute(sa.text(f'SELECT t::text FROM "{table}" t'))  # noqa: S608
        ]
        raw = connection.execute(sa.text("SELECT encode(code_hash, 'escape') FROM sign_in_code")).scalars()
        return "\n".join([*rows, *raw])
