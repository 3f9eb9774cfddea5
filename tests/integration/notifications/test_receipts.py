"""Receipts settle messages, in whatever order and however often they come."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.testkit import database_of, race, works_on
from services.notifications.domain.outgoing import ACCEPTED, NOT_TRIED, Outcome, Part, Receipt
from services.notifications.storage.tables import receipt
from services.notifications.usecases.send_messages import send_queued_sms
from services.notifications.usecases.settle_receipts import forget_unmatched_receipts, settle_receipts, take_receipt

engine = database_of("notifications")
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.fixture
def works(engine):
    made = works_on(engine, clock=FixedClock(NOON), settings=SimpleNamespace(sms_answer_s=1.0))
    with made.begin() as work:
        work.execute(sa.text("TRUNCATE message, message_part, receipt"))
    return made


def arrive(works, identifier, outcome="delivered", provider="scripted"):
    works.run(take_receipt, Receipt(provider, identifier, outcome))


def waiting(works):
    with works.begin() as work:
        return work.execute(sa.select(receipt)).all()


def in_parts(*numbers, of, kind=ACCEPTED):
    return Outcome(kind, None, tuple(Part(number, f"p{number}") for number in numbers), of)


def test_a_receipt_settles_the_message(works, line, queue, stored):
    one = queue()
    send_queued_sms(works, line)
    arrive(works, "id1")
    works.clock.advance(seconds=5)
    assert settle_receipts(works) is True
    assert (stored(one).state, stored(one).settled_at) == ("delivered", works.clock.now())
    assert waiting(works) == []
    assert settle_receipts(works) is False


def test_a_receipt_that_is_faster_than_our_commit_waits_for_it(works, line, queue, stored):
    one = queue()

    def receipt_first(_line, _message):
        arrive(works, "id1")
        assert settle_receipts(works) is False
        assert stored(one).state == "sending"

    line.before_answer = receipt_first
    send_queued_sms(works, line)
    assert stored(one).state == "sent"
    assert settle_receipts(works) is True
    assert stored(one).state == "delivered"


def test_a_long_message_is_delivered_with_its_last_part(works, line, queue, stored):
    one = queue()
    line.outcomes = [in_parts(1, 2, 3, of=3)]
    send_queued_sms(works, line)
    for identifier, state in (("p3", "sent"), ("p1", "sent"), ("p2", "delivered")):
        arrive(works, identifier)
        settle_receipts(works)
        assert stored(one).state == state


def test_one_part_that_failed_fails_the_message(works, line, queue, stored):
    one = queue()
    line.outcomes = [in_parts(1, 2, of=2)]
    send_queued_sms(works, line)
    arrive(works, "p1")
    arrive(works, "p2", "failed")
    settle_receipts(works)
    assert stored(one).state == "failed"


def test_receipts_of_parts_taken_before_the_rest_count_when_the_rest_is_taken(works, line, queue, stored):
    one = queue()
    line.outcomes = [in_parts(1, of=2, kind=NOT_TRIED), in_parts(2, of=2)]
    send_queued_sms(works, line)
    arrive(works, "p1")
    settle_receipts(works)
    assert stored(one).state == "queued"
    works.clock.advance(seconds=3)
    send_queued_sms(works, line)
    arrive(works, "p2")
    settle_receipts(works)
    assert stored(one).state == "delivered"


def test_the_first_final_word_stands(works, line, queue, stored):
    one = queue()
    send_queued_sms(works, line)
    for outcome in ("delivered", "failed", "delivered"):
        arrive(works, "id1", outcome)
        settle_receipts(works)
    assert stored(one).state == "delivered"


def test_another_centres_receipt_with_the_same_id_is_not_ours(works, line, queue, stored):
    one = queue()
    send_queued_sms(works, line)
    arrive(works, "id1", "failed", provider="another")
    assert settle_receipts(works) is False
    assert stored(one).state == "sent"


def test_several_settlers_at_once(works, line, queue, stored):
    line.free = 20
    ids = [queue() for _ in range(20)]
    send_queued_sms(works, line)
    for number in range(1, 21):
        arrive(works, f"id{number}")
    race(*[lambda: settle_receipts(works)] * 4)
    assert {stored(one).state for one in ids} == {"delivered"}
    assert waiting(works) == []


def test_receipts_nobody_waits_for_are_forgotten_after_days(works):
    arrive(works, "unknown")
    works.clock.advance(days=2)
    assert forget_unmatched_receipts(works) == 0
    works.clock.advance(days=2)
    assert forget_unmatched_receipts(works) == 1
