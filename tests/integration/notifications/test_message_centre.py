"""The SMPP line against a message centre of another make, in a process of its own."""

import signal
import threading
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, works_on
from services.notifications import contract
from services.notifications.adapters.smpp import SmppLine
from services.notifications.domain.outgoing import ACCEPTED, NOT_TRIED, ShortMessage
from services.notifications.domain.pace import LONGEST_REST_S
from services.notifications.storage.tables import receipt
from services.notifications.usecases.send_code import send_code
from services.notifications.usecases.send_messages import send_queued_sms
from services.notifications.usecases.settle_receipts import settle_receipts
from services.notifications.wiring import open_sms_line

engine = database_of("notifications")
LONG = "【积分商城】尊敬的会员，您兑换的雨伞已发货，运单号SF1234567890123。😀" * 5


@pytest.fixture
def works(engine, settings):
    made = works_on(engine, settings=settings)
    with made.begin() as work:
        work.execute(sa.text("TRUNCATE message, message_part, receipt"))
    return made


@pytest.fixture
def bound(works, smsc, until):
    line = open_sms_line(works)
    line.start()
    until(lambda: line.is_bound)
    yield line
    line.stop()
    assert not line.thread.is_alive()
    smsc.switch(throttle=0, fail_numbers=[], no_receipt=False)


def drained(works, line, until, *settled):
    """Runs the drains until the condition on the messages holds."""

    def step():
        send_queued_sms(works, line)
        settle_receipts(works)
        return all(condition() for condition in settled)

    until(step, within_s=20)


def test_a_long_chinese_message_is_read_whole_and_its_receipts_settle_it(works, bound, smsc, queue, stored, until):
    one = queue(recipient="+8613800000101", body=LONG)
    drained(works, bound, until, lambda: stored(one).state == "delivered")
    assert stored(one).parts == 4
    assert [message["text"] for message in smsc.messages("13800000101")] == [LONG]


def test_gsm_text_arrives_as_written(works, bound, smsc, queue, stored, until):
    text = "Points Mall: 5£ @ noon, Größe ok? " * 8
    one = queue(recipient="+8613800000102", body=text)
    drained(works, bound, until, lambda: stored(one).state == "delivered")
    assert smsc.messages("13800000102")[0]["text"] == text
    assert stored(one).parts == 2


def test_a_number_that_cannot_be_reached_fails_by_its_receipt(works, bound, smsc, queue, stored, until):
    smsc.switch(fail_numbers=["13800000103"])
    one = queue(recipient="+8613800000103")
    drained(works, bound, until, lambda: stored(one).state == "failed")
    assert stored(one).problem == "the message centre could not deliver it"


def test_what_is_not_a_number_is_refused_for_good(works, bound, smsc, queue, stored):
    one = queue(recipient="nobody")
    send_queued_sms(works, bound)
    assert (stored(one).state, stored(one).attempts) == ("failed", 1)


def test_throttled_messages_slow_the_line_down_and_go_out_later(works, bound, smsc, queue, stored, until):
    smsc.switch(throttle=3)
    bound.pace.rest_s = LONGEST_REST_S  # longer than a busy machine takes to look
    ids = [queue(recipient=f"+86138000002{number:02d}") for number in range(6)]
    send_queued_sms(works, bound)
    assert bound.room() == 0
    assert [stored(one).attempts for one in ids if stored(one).state == "queued"] == [0, 0, 0]
    bound.pace.resting_until = 0.0
    drained(works, bound, until, lambda: all(stored(one).state == "delivered" for one in ids))
    assert [len(smsc.messages(f"138000002{number:02d}")) for number in range(6)] == [1] * 6


def test_a_throttled_part_of_a_long_message_is_sent_again_alone(works, bound, smsc, queue, stored, until):
    smsc.switch(throttle=1)
    one = queue(recipient="+8613800000301", body=LONG)
    drained(works, bound, until, lambda: stored(one).state == "delivered")
    assert [message["text"] for message in smsc.messages("13800000301")] == [LONG]
    with works.begin() as work:
        assert work.execute(sa.text("SELECT count(*) FROM message_part")).scalar_one() == 4


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_line_comes_back_after_a_restart_of_the_centre(works, bound, smsc, queue, stored, until, how):
    smsc.end(how)
    until(lambda: not bound.is_bound)
    one = queue(recipient="+8613800000401")
    assert bound.room() == 0
    assert send_queued_sms(works, bound) is False
    outcome = bound.submit(ShortMessage("+8613800000401", "x", 1)).outcome(1)
    assert outcome.kind == NOT_TRIED
    smsc.start()
    drained(works, bound, until, lambda: stored(one).state == "delivered")


def test_a_receipt_that_cannot_be_kept_comes_again(works, smsc, settings, until):
    """Our database is away when the receipt comes: the centre is asked to try again."""
    broken = threading.Event()
    broken.set()
    kept = []

    def keep(news):
        if broken.is_set():
            refused.append(news)
            raise OSError("the database is away")
        kept.append(news)

    refused = []
    line = SmppLine(settings, keep)
    line.start()
    until(lambda: line.is_bound)
    outcome = line.submit(ShortMessage("+8613800000501", "x", 1)).outcome(5)
    assert outcome.kind == ACCEPTED
    until(lambda: refused)
    broken.clear()
    until(lambda: kept)
    assert kept[0].provider_message_id == outcome.parts[0].provider_message_id
    line.stop()


def test_a_centre_that_hangs_does_not_take_up_the_window_for_ever(works, bound, smsc, queue, stored, until):
    smsc.process.send_signal(signal.SIGSTOP)
    try:
        one = queue(recipient="+8613800000801")
        assert send_queued_sms(works, bound) is False
        assert stored(one).problem == "no answer: may have been sent all the same"
        assert (stored(one).state, stored(one).attempts) == ("queued", 1)
        assert bound.session is None or not bound.session.waiting
    finally:
        smsc.process.send_signal(signal.SIGCONT)
    until(lambda: bound.is_bound and bound.room() == 10)


def test_a_quiet_line_is_probed_and_stays_bound(works, bound, until):
    session, answered = bound.session, []
    session.handlers["enquire_link_resp"] = answered.append
    until(lambda: len(answered) >= 2)
    assert bound.session is session


def test_a_line_that_does_not_answer_a_probe_is_given_up_and_bound_anew(works, bound, smsc, until):
    session = bound.session
    smsc.process.send_signal(signal.SIGSTOP)
    try:
        until(lambda: bound.session is None)
    finally:
        smsc.process.send_signal(signal.SIGCONT)
    until(lambda: bound.is_bound)
    assert bound.session is not session


def test_a_code_is_sent_through_the_same_line(works, bound, smsc, until):
    request = {
        "request_id": "r",
        "phone": "+8613800000601",
        "code": "735194",
        "purpose": "sign_in",
        "language": "en",
        "minutes": 5,
    }
    send_code(works, bound, contract.SEND_CODE.load_request(request))
    assert smsc.messages("13800000601")[0]["text"].startswith("Points Mall: 735194 is your sign-in code")


def test_a_code_without_a_centre_is_refused_in_time(works, settings):
    nowhere = SmppLine(settings, lambda news: None)
    request = {
        "request_id": "r2",
        "phone": "+8613800000602",
        "code": "735194",
        "purpose": "sign_in",
        "language": "en",
        "minutes": 5,
    }
    with pytest.raises(Refused, match=contract.NOT_ACCEPTED):
        send_code(works, nowhere, contract.SEND_CODE.load_request(request))


def test_receipts_are_kept_before_they_are_acknowledged(works, bound, queue, until):
    queue(recipient="+8613800000701")
    send_queued_sms(works, bound)

    def waiting():
        with works.begin() as work:
            return work.execute(sa.select(receipt)).all()

    until(waiting)
    assert SimpleNamespace(**waiting()[0]._mapping).outcome == "delivered"
