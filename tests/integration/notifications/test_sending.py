"""The queue: each message is claimed by one sender, taken up again if that one dies, and given up in the end."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.testkit import database_of, race, works_on
from services.notifications.domain.outgoing import ACCEPTED, NOT_TRIED, REFUSED, TRY_LATER, Outcome, Part
from services.notifications.storage.locks import claim_due_messages
from services.notifications.storage.messages import Change, change_messages
from services.notifications.usecases.expire_messages import expire_messages
from services.notifications.usecases.send_messages import send_queued_mail, send_queued_sms

engine = database_of("notifications")
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.fixture
def works(engine):
    made = works_on(engine, clock=FixedClock(NOON), settings=SimpleNamespace(sms_answer_s=1.0))
    with made.begin() as work:
        work.execute(sa.text("TRUNCATE message, message_part, receipt"))
    return made


def claim(works, most=20, channel="sms"):
    with works.begin() as work:
        return claim_due_messages(work, channel, most)


def drain(works, line):
    while send_queued_sms(works, line):
        pass


def test_a_message_that_was_taken_is_sent(works, line, queue, stored):
    one = queue()
    assert send_queued_sms(works, line) is True
    row = stored(one)
    assert (row.state, row.attempts, row.parts, row.leased_until, row.settled_at) == ("sent", 1, 1, None, None)
    assert (line.sent[0].recipient, line.sent[0].text) == ("+8613800000001", "您好")


def test_the_claim_is_committed_before_anything_is_sent(works, line, queue, stored):
    one = queue()
    seen = []
    line.before_answer = lambda _line, _message: seen.append(stored(one).state)
    send_queued_sms(works, line)
    assert seen == ["sending"]


def test_urgent_messages_go_first(works, line, queue):
    line.free = 2
    for priority in (50, 10, 40, 20):
        queue(priority=priority, body=str(priority))
    drain(works, line)
    assert [message.text for message in line.sent] == ["10", "20", "40", "50"]


def test_without_room_nothing_is_claimed(works, line, queue, stored):
    one = queue()
    line.free = 0
    assert send_queued_sms(works, line) is False
    assert (stored(one).state, stored(one).claims) == ("queued", 0)


def test_several_drains_send_each_message_once(works, line, queue):
    texts = [f"{number}" for number in range(60)]
    for text in texts:
        queue(body=text)
    race(*[lambda: drain(works, line)] * 6)
    assert sorted(message.text for message in line.sent) == sorted(texts)


def test_a_throttled_message_is_tried_later_and_its_try_does_not_count(works, line, queue, stored):
    one = queue()
    line.outcomes = [Outcome(NOT_TRIED, "throttled")]
    assert send_queued_sms(works, line) is False
    row = stored(one)
    assert (row.state, row.attempts, row.claims) == ("queued", 0, 1)
    assert row.next_attempt_at > NOON
    assert claim(works) == []
    works.clock.advance(seconds=3)
    drain(works, line)
    assert stored(one).state == "sent"


def test_a_message_without_an_answer_waits_longer_each_time_and_is_given_up_after_its_last_try(
    works, line, queue, stored
):
    one = queue()
    line.outcomes = [Outcome(TRY_LATER, "no answer")] * 99
    waits = []
    for _ in range(6):
        before = works.clock.now()
        assert send_queued_sms(works, line) is False
        waits.append((stored(one).next_attempt_at - before).total_seconds())
        works.clock.advance(seconds=waits[-1])
    assert waits[:5] == [10, 20, 40, 80, 160]
    assert (stored(one).state, stored(one).attempts, len(line.sent)) == ("failed", 6, 6)


def test_a_refused_message_has_failed_at_once(works, line, queue, stored):
    one = queue()
    line.outcomes = [Outcome(REFUSED, "refused with status 0xb")]
    send_queued_sms(works, line)
    row = stored(one)
    assert (row.state, row.settled_at, row.problem) == ("failed", NOON, "refused with status 0xb")


def test_what_a_dead_sender_held_is_taken_up_after_its_lease(works, line, queue, stored):
    one = queue()
    (held,) = claim(works)
    assert held.message_id == one
    works.clock.advance(seconds=59)
    assert send_queued_sms(works, line) is False
    works.clock.advance(seconds=2)
    assert send_queued_sms(works, line) is True
    assert (stored(one).state, stored(one).attempts, stored(one).claims) == ("sent", 2, 2)


def test_a_sender_that_was_only_slow_does_not_overwrite_its_successor(works, line, queue, stored):
    one = queue()
    line.outcomes = [Outcome(REFUSED, "late news")]

    def overtaken(_line, _message):
        works.clock.advance(seconds=61)
        line.before_answer = lambda _line, _message: None
        line.outcomes.append(Outcome(ACCEPTED, None, (Part(1, "fresh"),), 1))
        late = line.outcomes.pop(0)
        assert send_queued_sms(works, line) is True
        line.outcomes.append(late)

    line.before_answer = overtaken
    send_queued_sms(works, line)
    assert len(line.sent) == 2
    assert (stored(one).state, stored(one).problem) == ("sent", None)


def test_a_late_result_does_not_touch_a_message_that_somebody_else_holds(works, queue, stored):
    one = queue()
    (first,) = claim(works)
    works.clock.advance(seconds=61)
    (second,) = claim(works)
    with works.begin() as work:
        assert change_messages(work, [Change(one, "refuse", first.claims, "late news")]) == 0
    assert (stored(one).state, stored(one).problem) == ("sending", None)
    with works.begin() as work:
        assert change_messages(work, [Change(one, "accept", second.claims, parts=1)]) == 1
    assert stored(one).state == "sent"


def test_parts_that_were_taken_are_not_sent_again(works, line, queue, stored):
    one = queue()
    line.outcomes = [
        Outcome(NOT_TRIED, "throttled", (Part(1, "a1"), Part(3, "a3")), 3),
        Outcome(ACCEPTED, None, (Part(2, "a2"),), 3),
    ]
    send_queued_sms(works, line)
    works.clock.advance(seconds=3)
    send_queued_sms(works, line)
    assert [message.accepted_before for message in line.sent] == [frozenset(), frozenset({1, 3})]
    assert len({message.reference for message in line.sent}) == 1
    assert (stored(one).state, stored(one).parts) == ("sent", 3)


def test_messages_nobody_needs_any_more_are_given_up(works, line, queue, stored):
    late, in_time = queue(), queue(expires_at=datetime(2027, 1, 1, tzinfo=UTC))
    works.clock.advance(hours=13)
    assert expire_messages(works) == 1
    assert (stored(late).state, stored(late).problem) == ("failed", "too late to be of use")
    drain(works, line)
    assert stored(in_time).state == "sent"


def test_a_message_abandoned_in_its_last_try_is_given_up(works, line, queue, stored):
    one = queue(attempts=5, claims=5)
    claim(works)
    assert expire_messages(works) == 0
    works.clock.advance(seconds=61)
    assert send_queued_sms(works, line) is False
    assert expire_messages(works) == 1
    assert (stored(one).state, stored(one).problem) == ("failed", "no attempts left, the last one unknown")


class Postbox:
    def __init__(self, *outcomes):
        self.outcomes, self.letters = list(outcomes), []

    def send_all(self, letters):
        self.letters += letters
        return self.outcomes[: len(letters)]


def test_letters_keep_their_outcomes_in_order(works, queue, stored):
    ids = [queue(channel="email", recipient=f"m{n}@example.com", priority=n) for n in range(3)]
    postbox = Postbox(Outcome(ACCEPTED), Outcome(REFUSED, "550"), Outcome(TRY_LATER, "451"))
    assert send_queued_mail(works, postbox) is True
    assert [letter.recipient for letter in postbox.letters] == [f"m{n}@example.com" for n in range(3)]
    assert [stored(one).state for one in ids] == ["sent", "failed", "queued"]


def test_an_empty_queue_opens_no_connection(works):
    postbox = Postbox()
    assert send_queued_mail(works, postbox) is False
    assert postbox.letters == []
