"""One-time codes: sent at once, answered in time, and nowhere written down."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.context import Context
from services.chassis.refusal import KEY_REUSED, Refused
from services.chassis.testkit import database_of, race, works_on
from services.notifications import contract
from services.notifications.domain.outgoing import NOT_TRIED, REFUSED, TRY_LATER, Outcome, Receipt
from services.notifications.storage.tables import message
from services.notifications.usecases.expire_messages import expire_messages
from services.notifications.usecases.send_code import send_code
from services.notifications.usecases.send_messages import send_queued_sms
from services.notifications.usecases.settle_receipts import settle_receipts, take_receipt

engine = database_of("notifications")
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
CODE = "735194"


@pytest.fixture
def works(engine):
    made = works_on(engine, clock=FixedClock(NOON), settings=SimpleNamespace(sms_answer_s=1.0))
    with made.begin() as work:
        work.execute(sa.text("TRUNCATE message, message_part, receipt"))
    return made


def request(**changes):
    content = {
        "request_id": "r-1",
        "phone": "+8613812341234",
        "code": CODE,
        "purpose": "sign_in",
        "language": "zh",
        "minutes": 5,
    } | changes
    return contract.SEND_CODE.load_request(content)


def rows(works):
    with works.begin() as work:
        return work.execute(sa.select(message)).all()


def refusal_of(works, line, **changes):
    with pytest.raises(Refused) as refused:
        send_code(works, line, request(**changes))
    return refused.value.code


def test_a_code_goes_out_at_once_and_its_row_tells_nothing(works, line):
    answer = send_code(works, line, request())
    assert line.sent[0].recipient == "+8613812341234"
    assert line.sent[0].text.startswith("【积分商城】您的登录验证码是735194，5分钟内有效。")
    (row,) = rows(works)
    assert (row.message_id, row.state, row.recipient) == (answer["message_id"], "sent", "138****1234")
    assert (row.body, row.member_id) == (None, None)
    assert CODE not in str(row)
    assert "13812341234" not in str(row)


def test_it_passes_ahead_of_a_line_that_was_told_to_slow_down(works, line):
    line.free = 0
    assert send_code(works, line, request())["message_id"].startswith("msg_")


def test_the_same_request_again_has_the_same_answer_and_sends_nothing(works, line):
    first = send_code(works, line, request())
    assert send_code(works, line, request()) == first
    assert len(line.sent) == 1


def test_the_same_request_at_the_same_time_sends_once(works, line):
    line.before_answer = lambda _line, _message: time.sleep(0.2)
    answers = race(*[lambda: send_code(works, line, request())] * 5)
    assert len(line.sent) == 1
    assert answers == [answers[0]] * 5


def test_a_request_id_used_for_another_number_is_refused(works, line):
    send_code(works, line, request())
    assert refusal_of(works, line, phone="+8613900000000") == KEY_REUSED
    assert len(line.sent) == 1


def test_one_quick_second_try(works, line):
    line.outcomes = [Outcome(NOT_TRIED, "away")]
    send_code(works, line, request())
    assert len(line.sent) == 2


@pytest.mark.parametrize("kind", [NOT_TRIED, TRY_LATER])
def test_when_the_second_try_fails_too_the_caller_is_told(works, line, kind):
    line.outcomes = [Outcome(kind, "no")] * 2
    assert refusal_of(works, line) == contract.NOT_ACCEPTED
    assert refusal_of(works, line) == contract.NOT_ACCEPTED
    assert len(line.sent) == 2
    assert [row.state for row in rows(works)] == ["failed"]


def test_a_refused_number_is_not_tried_again(works, line):
    line.outcomes = [Outcome(REFUSED, "refused with status 0xb")]
    assert refusal_of(works, line) == contract.NOT_ACCEPTED
    assert len(line.sent) == 1


def test_there_is_no_second_try_without_time_for_it(works, line):
    line.outcomes = [Outcome(NOT_TRIED, "away")]
    hasty = replace(works, context=Context.fresh().within(0.4))
    assert refusal_of(hasty, line) == contract.NOT_ACCEPTED
    assert len(line.sent) == 1


def die(_line, _message):
    raise SystemExit


def test_a_sender_that_died_is_succeeded_by_the_callers_next_try(works, line):
    line.before_answer = die
    with pytest.raises(SystemExit):
        send_code(works, line, request())
    assert [row.state for row in rows(works)] == ["sending"]
    line.before_answer = lambda _line, _message: None
    works.clock.advance(seconds=10)
    send_code(works, line, request())
    assert [(row.state, row.attempts) for row in rows(works)] == [("sent", 2)]


def test_the_queue_never_takes_up_a_code_and_one_left_behind_is_given_up(works, line):
    line.before_answer = die
    with pytest.raises(SystemExit):
        send_code(works, line, request())
    works.clock.advance(seconds=30)
    assert send_queued_sms(works, line) is False
    works.clock.advance(seconds=40)
    expire_messages(works)
    assert [row.state for row in rows(works)] == ["failed"]


def test_the_receipt_of_a_code_settles_it(works, line):
    send_code(works, line, request())
    works.run(take_receipt, Receipt("scripted", "id1", "delivered"))
    settle_receipts(works)
    assert [row.state for row in rows(works)] == ["delivered"]


def test_the_database_itself_refuses_to_keep_a_code(works, queue):
    with pytest.raises(sa.exc.IntegrityError, match="codes_are_never_kept"):
        queue(topic="sign_in_code", body=CODE, recipient="138****1234")
    with pytest.raises(sa.exc.IntegrityError, match="codes_are_never_kept"):
        queue(topic="sign_in_code", body=None, recipient="+8613812341234")
