"""Points that expire soon, and points that have: told to a thousand members by one event, each once."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.ids import new_id
from services.chassis.testkit import database_of, event_of, race, works_on
from services.members.contract import MEMBERS_ENROLLED
from services.notifications.storage.tables import inbox_message, message
from services.notifications.usecases.announce import ContactNotKnownYet, announce_batch
from services.notifications.usecases.learn_contacts import welcome_members
from services.points.contract import POINTS_EXPIRED, POINTS_EXPIRING

engine = database_of("notifications")
MORNING = datetime(2026, 12, 24, 1, tzinfo=UTC)


@pytest.fixture
def works(engine):
    return works_on(engine, clock=FixedClock(MORNING))


def enrol(works, count=1, **changes):
    ids = [new_id("mbr") for _ in range(count)]
    cards = [
        {
            "member_id": member_id,
            "subscriber_no": None,
            "phone": "+8613800000001",
            "email": "li@example.com",
            "name": None,
            "language": "zh",
            "state": "active",
            "tier": "blue",
            "channel": "import",
            "enrolled_at": MORNING,
        }
        | changes
        for member_id in ids
    ]
    for start in range(0, count, 500):
        data = {"members": cards[start : start + 500]}
        works.apply(event_of(MEMBERS_ENROLLED, "x", data, handler=new_id("h")), welcome_members)
    return ids


def expiring(*member_ids, unit="PTS"):
    postings = [{"member_id": one, "points": 1288} for one in member_ids]
    data = {"unit": unit, "expires_on": "2026-12-31", "days_before": 7, "postings": postings}
    return event_of(POINTS_EXPIRING, "2026-12-31", data)


def expired(*member_ids):
    postings = [{"member_id": one, "points": 1288, "available": 12} for one in member_ids]
    return event_of(POINTS_EXPIRED, "2026-12-31", {"unit": "PTS", "expires_on": "2026-12-31", "postings": postings})


def told(works, event):
    with works.begin() as work:
        sent = work.execute(sa.select(message).where(message.c.event_id == event.id).order_by(message.c.channel))
        filed = work.execute(sa.select(inbox_message).where(inbox_message.c.event_id == event.id))
        return sent.all(), filed.all()


def test_a_member_is_told_in_time_by_every_way(works):
    event = expiring(*enrol(works))

    announce_batch(works, event)

    (letter, sms), (entry,) = told(works, event)
    assert sms.body == "【积分商城】您有1,288积分将于2026年12月31日到期，当天之内都可使用，过期作废。"
    assert (letter.subject, letter.recipient) == ("积分即将到期", "li@example.com")
    assert entry.body == "您有1,288积分将于2026年12月31日到期，当天之内都可使用，过期作废。"
    assert sms.expires_at == MORNING + timedelta(hours=12)


def test_in_english_and_coins(works):
    event = expiring(*enrol(works, language="en", email=None), unit="COIN")

    announce_batch(works, event)

    (sms,), _ = told(works, event)
    assert sms.body == (
        "Points Mall: 1,288 mall coins of yours can be used until the end of 31 Dec 2026. After that day they are gone."
    )


def test_a_chunk_of_a_thousand_is_told_once_however_often_it_comes(works):
    event = expiring(*enrol(works, 1000, email=None))

    race(*[lambda: announce_batch(works, event)] * 2)
    announce_batch(works, event)

    sent, filed = told(works, event)
    assert (len(sent), len({row.member_id for row in sent})) == (1000, 1000)
    assert (len(filed), len({row.member_id for row in filed})) == (1000, 1000)


def test_what_has_expired_is_filed_and_disturbs_nobody(works):
    event = expired(*enrol(works))

    announce_batch(works, event)

    sent, (entry,) = told(works, event)
    assert sent == []
    assert (entry.title, entry.body) == ("积分已到期", "您的1,288积分已于2026年12月31日到期，当前可用12积分。")


def test_a_stranger_does_not_hold_up_the_others(works):
    (known,), stranger = enrol(works), new_id("mbr")
    event = expired(known, stranger)

    with pytest.raises(ContactNotKnownYet):
        announce_batch(works, event)

    assert [row.member_id for row in told(works, event)[1]] == [known]
