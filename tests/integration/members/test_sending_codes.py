"""Sending one-time codes: throttles, retries, failures."""

from datetime import UTC, datetime

import pytest

from services.chassis.bus.faults import RpcTimeout
from services.chassis.refusal import KEY_REUSED, Refused
from services.chassis.testkit import race
from services.members import contract
from services.notifications.contract import NOT_ACCEPTED, SEND_CODE


class WorkerDied(BaseException):
    """As when the process is killed or the deadline passes: no handler of the use case runs."""


def refusal(call, *arguments, **options) -> Refused:
    with pytest.raises(Refused) as raised:
        call(*arguments, **options)
    return raised.value


def test_a_code_goes_out_by_sms_and_the_answer_shows_the_number_masked(desk, phone):
    answer = desk.send(phone, code="000417")

    [sms] = desk.rpc.requests_of(SEND_CODE)
    assert (sms["phone"], sms["code"], sms["minutes"], sms["language"]) == (f"+86{phone}", "000417", 5, "zh")
    assert answer == {
        "phone_masked": f"139****{phone[-4:]}",
        "expires_at": datetime(2026, 11, 2, 4, 5, tzinfo=UTC),
        "resend_after_s": 60,
    }


def test_known_and_unknown_numbers_get_the_same_answer(desk, new_phone):
    known, unknown = new_phone(), new_phone()
    desk.signed_in(known)
    desk.clock.advance(hours=1)

    answers = [desk.send(number) for number in (known, unknown)]
    for answer, number in zip(answers, (known, unknown), strict=True):
        assert answer.pop("phone_masked") == f"139****{number[-4:]}"
    assert answers[0] == answers[1]


def test_a_number_that_is_no_mainland_mobile_is_refused_before_anything_is_written(desk):
    assert refusal(desk.send, "+85291234567").code == contract.PHONE_NOT_ACCEPTED
    assert desk.rpc.calls == []
    assert desk.rows("SELECT 1 FROM sign_in_code WHERE phone LIKE '+852%'") == []


@pytest.mark.parametrize(("after_s", "wait"), [(0, 60), (59, 1), (59.5, 1)])
def test_a_second_code_within_a_minute_is_refused_with_the_time_to_wait(desk, phone, after_s, wait):
    desk.send(phone)
    desk.clock.advance(seconds=after_s)

    refused = refusal(desk.send, phone)
    assert (refused.code, refused.details) == (contract.TOO_MANY_CODES, {"retry_after_s": wait})


def test_after_a_minute_the_next_code_goes_out_until_five_went_in_an_hour(desk, phone):
    for _ in range(5):
        desk.send(phone)
        desk.clock.advance(seconds=60)

    refused = refusal(desk.send, phone)
    assert refused.details == {"retry_after_s": 3600 - 300}
    desk.clock.advance(seconds=3300)
    desk.send(phone)
    assert len(desk.rpc.requests_of(SEND_CODE)) == 6


def test_no_more_than_ten_in_a_day(desk, phone):
    for _ in range(10):
        desk.send(phone)
        desk.clock.advance(hours=1)

    assert refusal(desk.send, phone).details == {"retry_after_s": 14 * 3600}


def test_ten_requests_at_once_for_one_number_send_one_code(desk, phone):
    results = race(*[lambda: desk.send(phone)] * 10)

    refused = [result for result in results if isinstance(result, Refused)]
    assert {result.code for result in refused} == {contract.TOO_MANY_CODES}
    assert len(refused) == 9
    assert len(desk.rpc.requests_of(SEND_CODE)) == 1


def test_a_new_limit_is_in_force_from_its_moment_without_a_release(desk, phone):
    desk.run(
        "INSERT INTO code_limit (scope, window_s, most, effective_from, actor)"
        " VALUES ('phone', 60, 2, '2031-01-01Z', 'ops:lin')"
    )
    desk.clock.instant = datetime(2031, 1, 1, tzinfo=UTC)
    desk.send(phone)
    desk.send(phone)

    assert refusal(desk.send, phone).details == {"retry_after_s": 60}


def test_the_budget_of_a_day_is_never_exceeded_and_ends_at_midnight_in_china(desk, new_phone):
    desk.run(
        "INSERT INTO code_limit (scope, window_s, most, effective_from, actor)"
        " VALUES ('everyone', 86400, 5, '2032-03-01Z', 'ops:lin')"
    )
    desk.clock.instant = datetime(2032, 3, 1, 15, 30, tzinfo=UTC)  # half an hour before midnight in China
    numbers = [new_phone() for _ in range(20)]

    results = race(*[lambda number=number: desk.send(number) for number in numbers])

    refused = [result for result in results if isinstance(result, Refused)]
    assert len(refused) == 15
    assert all(result.details == {"retry_after_s": 1800} for result in refused)
    desk.clock.advance(seconds=1800)
    desk.send(numbers[0] if isinstance(results[0], Refused) else new_phone())


@pytest.mark.parametrize("problem", [Refused(NOT_ACCEPTED, "blocked"), RpcTimeout("no answer")])
def test_a_code_that_was_not_sent_opens_nothing(desk, phone, problem):
    desk.rpc.answers[SEND_CODE] = problem if isinstance(problem, Refused) else _raise(problem)

    assert refusal(desk.send, phone, request_id="r-lost").code == contract.CODE_NOT_SENT
    assert refusal(desk.sign_in, phone).code == contract.CODE_WRONG
    [row] = desk.rows("SELECT voided_at, sent_at FROM sign_in_code WHERE phone = :phone", phone=f"+86{phone}")
    assert row.voided_at is not None
    assert row.sent_at is None
    desk.run("UPDATE sign_in_code SET request_id = code_id WHERE request_id = 'r-lost'")  # for the next parameter


def _raise(problem: BaseException):
    def answer(_request):
        raise problem

    return answer


def test_the_challenge_is_committed_before_the_sms_goes_out(desk, phone):
    seen = []

    def look(_request):
        seen.extend(desk.rows("SELECT sent_at FROM sign_in_code WHERE phone = :phone", phone=f"+86{phone}"))
        return {"message_id": "msg_" + "0" * 32}

    desk.rpc.answers[SEND_CODE] = look
    desk.send(phone)
    assert [row.sent_at for row in seen] == [None]


def test_the_same_request_again_sends_nothing_and_answers_the_same(desk, phone):
    first = desk.send(phone, request_id="r-1")
    assert desk.send(phone, code="999999", request_id="r-1") == first
    assert len(desk.rpc.requests_of(SEND_CODE)) == 1
    assert desk.sign_in(phone)["enrolled"] is True


def test_a_request_id_of_another_number_is_refused(desk, new_phone):
    desk.send(new_phone(), request_id="r-2")
    assert refusal(desk.send, new_phone(), request_id="r-2").code == KEY_REUSED


def test_a_request_whose_worker_died_while_sending_is_sent_once_more_with_its_own_code(desk, phone):
    desk.rpc.answers[SEND_CODE] = _raise(WorkerDied())
    with pytest.raises(WorkerDied):
        desk.send(phone, code="111111", request_id="r-3")
    desk.rpc.answers[SEND_CODE] = {"message_id": "msg_" + "0" * 32}

    desk.clock.advance(seconds=1)  # its twin may still be at it
    desk.send(phone, code="222222", request_id="r-3")
    assert len(desk.rpc.requests_of(SEND_CODE)) == 1
    desk.clock.advance(seconds=2)
    desk.send(phone, code="333333", request_id="r-3")
    assert len(desk.rpc.requests_of(SEND_CODE)) == 2
    assert refusal(desk.sign_in, phone, code="111111").code == contract.CODE_WRONG
    assert desk.sign_in(phone, code="333333")["enrolled"] is True


def test_a_request_is_never_sent_a_third_time(desk, phone):
    desk.rpc.answers[SEND_CODE] = _raise(WorkerDied())
    for _ in range(2):
        with pytest.raises(WorkerDied):
            desk.send(phone, request_id="r-4")
        desk.clock.advance(seconds=5)

    assert refusal(desk.send, phone, request_id="r-4").code == contract.CODE_NOT_SENT
    assert len(desk.rpc.requests_of(SEND_CODE)) == 2
