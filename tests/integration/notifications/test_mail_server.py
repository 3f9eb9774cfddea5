"""Letters to a real SMTP server in a process of its own."""

import signal

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of, works_on
from services.notifications.usecases.send_messages import send_queued_mail
from services.notifications.wiring import mail_line

engine = database_of("notifications")


@pytest.fixture
def works(engine, settings):
    made = works_on(engine, settings=settings)
    with made.begin() as work:
        work.execute(sa.text("TRUNCATE message, message_part, receipt"))
    return made


@pytest.fixture
def post(mailbox, settings):
    yield mail_line(settings)
    mailbox.switch(refuse=0, fail_addresses=[])


def letter(queue, to, **changes):
    return queue(channel="email", recipient=to, subject="订单已确认", body="您好！\n\n雨伞 & 1\n\n积分商城", **changes)


def test_letters_arrive_in_both_forms(works, post, mailbox, queue, stored):
    ids = [letter(queue, f"li{number}@example.com") for number in range(3)]
    assert send_queued_mail(works, post) is True
    assert {stored(one).state for one in ids} == {"sent"}
    (arrived,) = mailbox.messages("li1@example.com")
    assert (arrived["subject"], arrived["from"]) == ("订单已确认", "no-reply@mall.example")
    assert "雨伞 & 1" in arrived["text"]
    assert "雨伞 &amp; 1" in arrived["html"]


def test_an_unknown_address_fails_and_its_neighbours_arrive(works, post, mailbox, queue, stored):
    mailbox.switch(fail_addresses=["gone@example.com"])
    before, gone, after = (letter(queue, f"{name}@example.com") for name in ("before", "gone", "after"))
    send_queued_mail(works, post)
    assert [stored(one).state for one in (before, gone, after)] == ["sent", "failed", "sent"]
    assert len(mailbox.messages("after@example.com")) == 1


def test_a_letter_refused_for_now_waits(works, post, mailbox, queue, stored):
    mailbox.switch(refuse=1)
    one = letter(queue, "later@example.com")
    assert send_queued_mail(works, post) is False
    assert (stored(one).state, stored(one).attempts) == ("queued", 1)
    assert stored(one).problem == "the mail server answered 451"


def test_an_address_with_a_line_break_fails_and_sends_nothing(works, post, mailbox, queue, stored):
    one = letter(queue, "li@example.com\r\nBcc: victim@example.com")
    send_queued_mail(works, post)
    assert stored(one).state == "failed"
    assert mailbox.messages("victim@example.com") == []


def test_letters_wait_while_the_server_is_away(works, post, mailbox, queue, stored):
    mailbox.end(signal.SIGKILL)
    one = letter(queue, "patient@example.com")
    assert send_queued_mail(works, post) is False
    assert (stored(one).state, stored(one).attempts) == ("queued", 0)
    mailbox.start()
    with works.begin() as work:
        work.execute(sa.text("UPDATE message SET next_attempt_at = now()"))
    assert send_queued_mail(works, post) is True
    assert len(mailbox.messages("patient@example.com")) == 1
