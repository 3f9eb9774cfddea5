"""Events on a real database: one message per event and channel, contacts never go back in time."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.ids import new_id
from services.chassis.testkit import database_of, event_of, race, works_on
from services.members.contract import MEMBERS_ENROLLED, PROFILE_CHANGED, TIER_CHANGED
from services.notifications.storage.tables import contact, inbox_message, message
from services.notifications.usecases.announce import ContactNotKnownYet, announce_batch, announce_event
from services.notifications.usecases.learn_contacts import learn_profile, welcome_members
from services.points.contract import POINTS_ACCRUED

engine = database_of("notifications")
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.fixture
def works(engine):
    return works_on(engine, clock=FixedClock(NOON))


def member(**changes):
    return {
        "member_id": new_id("mbr"),
        "subscriber_no": None,
        "phone": "+8613800000001",
        "email": "li@example.com",
        "name": "李小明",
        "language": "zh",
        "state": "active",
        "tier": "blue",
        "channel": "web",
        "enrolled_at": NOON,
    } | changes


def enrol(works, *members, event_id=None):
    data = {"members": list(members)}
    works.apply(event_of(MEMBERS_ENROLLED, "x", data, event_id=event_id, handler=new_id("h")), welcome_members)


def told(works, member_id):
    with works.begin() as work:
        sent = work.execute(sa.select(message).where(message.c.member_id == member_id).order_by(message.c.channel))
        filed = work.execute(sa.select(inbox_message).where(inbox_message.c.member_id == member_id))
        return sent.all(), filed.all()


def contact_of(works, member_id):
    with works.begin() as work:
        return work.execute(sa.select(contact).where(contact.c.member_id == member_id)).one_or_none()


def tier_changed(member_id, **options):
    data = {"member_id": member_id, "previous": "blue", "tier": "gold", "qualifying_points": 1}
    return event_of(TIER_CHANGED, member_id, data, **options)


def accrued(*member_ids, source="check_in", **options):
    postings = [{"member_id": one, "points": 1288, "available": 23456, "expires_on": None} for one in member_ids]
    data = {"source": source, "reference": "r", "effective_on": "2026-11-21", "postings": postings}
    return event_of(POINTS_ACCRUED, "x", data, **options)


def test_a_new_member_is_welcomed_by_every_channel(works):
    joined = member()
    enrol(works, joined)
    (letter, sms), (entry,) = told(works, joined["member_id"])
    assert (letter.channel, letter.recipient, letter.subject) == ("email", "li@example.com", "欢迎加入积分商城")
    assert (sms.channel, sms.recipient, sms.state) == ("sms", "+8613800000001", "queued")
    assert sms.body.startswith("【积分商城】欢迎加入")
    assert sms.expires_at == NOON + timedelta(days=1)
    assert entry.title == "欢迎加入积分商城"


def test_an_imported_member_gets_a_contact_and_no_welcome(works):
    imported = member(channel="import")
    enrol(works, imported)
    assert contact_of(works, imported["member_id"]).phone == "+8613800000001"
    assert told(works, imported["member_id"]) == ([], [])


def test_a_member_without_an_address_gets_no_letter(works):
    joined = member(email=None, language="en")
    enrol(works, joined)
    (sms,), _ = told(works, joined["member_id"])
    assert (sms.channel, sms.body[:13]) == ("sms", "Points Mall: ")


@pytest.mark.parametrize("same_handler", [True, False])
def test_an_event_that_comes_twice_is_told_once(works, same_handler):
    """By the inbox row of its handler, and even without it by the key of the messages."""
    joined = member()
    enrol(works, joined)
    event_id = new_id("evt")
    for _ in range(2):
        handler = "h" if same_handler else new_id("h")
        works.apply(tier_changed(joined["member_id"], event_id=event_id, handler=handler), announce_event)
    sent, filed = told(works, joined["member_id"])
    assert sorted(row.channel for row in sent if row.topic == "tier_changed") == ["email", "sms"]
    assert [row.topic for row in filed].count("tier_changed") == 1


def test_an_event_handled_by_several_at_once_is_told_once(works):
    joined = member()
    enrol(works, joined)
    event = accrued(joined["member_id"])
    assert race(*[lambda: announce_batch(works, event)] * 6) == [None] * 6
    sent, filed = told(works, joined["member_id"])
    assert [row.topic for row in sent].count("points_earned") == 1
    assert [row.topic for row in filed].count("points_earned") == 1


def test_a_member_not_known_yet_is_a_fault_and_the_event_can_come_again(works):
    joined = member()
    event = tier_changed(joined["member_id"])
    with pytest.raises(ContactNotKnownYet):
        works.apply(event, announce_event)
    enrol(works, joined)
    assert works.apply(event, announce_event) is True
    assert len(told(works, joined["member_id"])[0]) == 4  # welcome and tier, by SMS and e-mail


def test_a_late_enrolment_does_not_undo_a_change_of_the_profile(works):
    old, new = member(), None
    new = old | {"phone": "+8613900000009"}
    works.apply(event_of(PROFILE_CHANGED, old["member_id"], {"member": new}, sequence=2), learn_profile)
    enrol(works, old)
    assert contact_of(works, old["member_id"]).phone == "+8613900000009"


def test_changes_that_come_in_the_wrong_order_leave_the_newest(works):
    one = member()
    enrol(works, one)
    for version in (2, 4, 3):
        changed = one | {"phone": f"+861390000000{version}"}
        works.apply(event_of(PROFILE_CHANGED, one["member_id"], {"member": changed}, sequence=version), learn_profile)
    assert contact_of(works, one["member_id"]).phone == "+8613900000004"
    assert contact_of(works, one["member_id"]).version == 4


def test_changes_at_once_leave_the_newest(works):
    one = member()
    enrol(works, one)

    def change(version):
        changed = one | {"name": f"v{version}"}
        event = event_of(PROFILE_CHANGED, one["member_id"], {"member": changed}, sequence=version)
        return lambda: works.apply(event, learn_profile)

    race(*[change(version) for version in range(2, 10)])
    assert contact_of(works, one["member_id"]).name == "v9"


def test_a_chunk_of_a_bill_run_goes_to_a_thousand_inboxes_and_to_no_phone(works):
    members = [member(channel="import", email=None) for _ in range(1000)]
    for start in (0, 500):
        enrol(works, *members[start : start + 500])
    event = accrued(*[one["member_id"] for one in members], source="bill")
    for _ in range(2):
        announce_batch(works, event)
    with works.begin() as work:
        filed = work.execute(sa.select(inbox_message).where(inbox_message.c.event_id == event.id)).all()
        sent = work.execute(sa.select(message).where(message.c.event_id == event.id)).all()
    assert {row.member_id for row in filed} == {one["member_id"] for one in members}
    assert len(filed) == 1000
    assert filed[0].body == "本期话费账单为您带来1,288积分，当前可用23,456积分。"
    assert sent == []


def test_other_points_are_told_by_sms_too(works):
    one = member()
    enrol(works, one)
    announce_batch(works, accrued(one["member_id"]))
    sent, _ = told(works, one["member_id"])
    assert [row.body for row in sent if row.topic == "points_earned"] == [
        "【积分商城】签到为您带来1,288积分，当前可用23,456积分。"
    ]


def test_a_stranger_in_a_batch_does_not_hold_up_the_others(works):
    known, stranger = member(), member()
    enrol(works, known)
    event = accrued(known["member_id"], stranger["member_id"])
    with pytest.raises(ContactNotKnownYet):
        announce_batch(works, event)
    assert len(told(works, known["member_id"])[1]) == 2
    enrol(works, stranger)
    announce_batch(works, event)
    assert len(told(works, known["member_id"])[1]) == 2
    assert len(told(works, stranger["member_id"])[1]) == 2


def forget_decisions_of_ann(work, _request):
    work.execute(sa.text("DELETE FROM topic_setting WHERE actor = 'ops:ann'"))


def test_a_topic_setting_decides_the_channels_from_its_start_on(works, request):
    joined = member()
    enrol(works, joined)
    with works.begin() as work:
        work.execute(
            sa.text(
                "INSERT INTO topic_setting VALUES ('tier_changed', :now, ARRAY['inbox'], 40, 60, 'ops:ann'),"
                " ('tier_changed', :later, ARRAY['sms'], 40, 60, 'ops:ann')"
            ),
            {"now": NOON, "later": NOON + timedelta(hours=1)},
        )
    request.addfinalizer(lambda: works.run(forget_decisions_of_ann, {}))
    works.apply(tier_changed(joined["member_id"]), announce_event)
    sent, filed = told(works, joined["member_id"])
    assert [row.channel for row in sent if row.topic == "tier_changed"] == []
    assert [row.topic for row in filed].count("tier_changed") == 1
