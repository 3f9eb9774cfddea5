"""What members and support staff read, and how templates change."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race, works_on
from services.notifications import contract
from services.notifications.storage.inbox import put_into_inboxes
from services.notifications.storage.tables import template
from services.notifications.usecases import read_messages
from services.notifications.usecases.put_template import put_template

engine = database_of("notifications")
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.fixture
def works(engine):
    return works_on(engine, clock=FixedClock(NOON))


@pytest.fixture
def file_away(works):
    """``file_away(member_id, "title", …)`` puts messages into an inbox; returns their ids, oldest first."""

    def put(member_id, *titles):
        rows = [
            {
                "message_id": new_id("msg"),
                "event_id": new_id("evt"),
                "member_id": member_id,
                "topic": "welcome",
                "title": title,
                "body": "您好",
                "created_at": NOON,
            }
            for title in titles
        ]
        with works.begin() as work:
            put_into_inboxes(work, rows)
        return [row["message_id"] for row in rows]

    return put


def inbox(works, member_id, **changes):
    return works.run(read_messages.list_inbox, contract.LIST_INBOX.load_request({"member_id": member_id} | changes))


def titles(page):
    return [one["title"] for one in page["messages"]]


def test_pages_of_an_inbox_do_not_shift_when_something_new_comes(works, file_away):
    member_id = new_id("mbr")
    file_away(member_id, *"abcde")
    first = inbox(works, member_id, limit=2)
    file_away(member_id, "new")
    second = inbox(works, member_id, limit=2, cursor=first["next_cursor"])
    third = inbox(works, member_id, limit=2, cursor=second["next_cursor"])
    assert [titles(page) for page in (first, second, third)] == [["e", "d"], ["c", "b"], ["a"]]
    assert third["next_cursor"] is None


def test_a_full_last_page_has_no_next(works, file_away):
    member_id = new_id("mbr")
    file_away(member_id, "a", "b")
    assert inbox(works, member_id, limit=2)["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["x", "mbr_" + "a" * 32, "msg_" + "a" * 31, "' OR 1=1 --"])
def test_a_made_up_cursor_is_refused(works, cursor):
    with pytest.raises(Refused, match=contract.CURSOR_INVALID):
        inbox(works, new_id("mbr"), cursor=cursor)


def mark(works, member_id, message_id):
    request = {"request_id": new_id("r"), "member_id": member_id, "message_id": message_id}
    return works.once(contract.MARK_READ, read_messages.mark_read, contract.MARK_READ.load_request(request))


def test_a_message_is_read_once_and_for_all(works, file_away):
    member_id = new_id("mbr")
    (one,) = file_away(member_id, "a")
    assert inbox(works, member_id)["messages"][0]["is_read"] is False
    assert mark(works, member_id, one)["is_read"] is True
    assert mark(works, member_id, one)["is_read"] is True
    assert inbox(works, member_id)["messages"][0]["is_read"] is True


def test_another_members_message_is_unknown(works, file_away):
    owner = new_id("mbr")
    (one,) = file_away(owner, "a")
    with pytest.raises(Refused, match=contract.MESSAGE_UNKNOWN):
        mark(works, new_id("mbr"), one)
    assert inbox(works, owner)["messages"][0]["is_read"] is False


def test_support_sees_every_way_newest_first_and_no_whole_recipient(works, file_away, queue):
    member_id = new_id("mbr")
    filed = file_away(member_id, "a")
    sms = queue(member_id=member_id, recipient="+8613812341234")
    mail = queue(member_id=member_id, channel="email", recipient="zhang@example.com")
    request = contract.LIST_MESSAGES.load_request({"member_id": member_id})
    listed = works.run(read_messages.list_messages, request)["messages"]
    assert [(one["message_id"], one["channel"], one["recipient_masked"]) for one in listed] == [
        (mail, "email", "z***@example.com"),
        (sms, "sms", "138****1234"),
        (*filed, "inbox", None),
    ]
    assert contract.LIST_MESSAGES.reply().validate(contract.LIST_MESSAGES.dump_reply({"messages": listed})) == {}


def new_template(**changes):
    content = {
        "request_id": new_id("r"),
        "topic": "welcome",
        "channel": "sms",
        "language": "zh",
        "subject": "",
        "body": "【积分商城】您好",
        "actor": "ops:ann",
    } | changes
    return contract.PUT_TEMPLATE.load_request(content)


def put(works, request):
    return works.once(contract.PUT_TEMPLATE, put_template, request)


def versions(works, topic):
    rows = sa.select(template).where(
        template.c.topic == topic, template.c.channel == "sms", template.c.language == "zh"
    )
    with works.begin() as work:
        return work.execute(rows.order_by(template.c.version)).all()


def test_a_new_version_is_in_force_and_the_old_one_stays(works):
    request = new_template(topic="order_closed")
    assert put(works, request)["version"] == put(works, request)["version"] == 2
    kept = versions(works, "order_closed")
    assert [(row.version, row.actor) for row in kept] == [(1, "migration:0001"), (2, "ops:ann")]


def test_versions_put_at_once_follow_one_another(works):
    answers = race(*[lambda: put(works, new_template(topic="order_completed")) for _ in range(6)])
    assert sorted(answer["version"] for answer in answers) == [2, 3, 4, 5, 6, 7]


def test_a_template_that_cannot_be_used_is_refused_with_the_reason(works):
    with pytest.raises(Refused, match=contract.TEMPLATE_INVALID) as refused:
        put(works, new_template(body="{{ nonsense }}"))
    assert refused.value.details == {"reason": "welcome has no variable nonsense"}
    assert len(versions(works, "welcome")) == 1
