"""Tell members what happened: one message per event and channel, however often the event comes."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from services.chassis.data.work import ReceivedEvent, Work, Works
from services.chassis.ids import new_id
from services.notifications.domain.announcements import Announcement, announcements_of
from services.notifications.domain.rendering import Text, render
from services.notifications.storage.configuration import TopicSetting, setting_of
from services.notifications.storage.contacts import contacts_of
from services.notifications.storage.inbox import put_into_inboxes
from services.notifications.storage.messages import queue_messages

Row = dict[str, Any]


class ContactNotKnownYet(Exception):
    """A fault on purpose: the event is tried again, and by then the member's enrolment will have come."""


def announce_event(work: Work, event: ReceivedEvent) -> None:
    """Nothing is told, and the event comes again, while a member concerned is not known."""
    _insist_on_all(announce(work, event.id, announcements_of(event.type, event.data)))


def announce_batch(works: Works, event: ReceivedEvent) -> None:
    """A large batch is not held up by one member: the known are told at once, the event comes again for the rest."""
    with works.begin() as work:
        missing = announce(work, event.id, announcements_of(event.type, event.data))
    _insist_on_all(missing)


def announce(work: Work, event_id: str, announcements: Iterable[Announcement]) -> list[str]:
    """Queues and files the messages; returns the ids of members whose contact is not known."""
    missing: list[str] = []
    for topic, told in _by_topic(announcements).items():
        contacts = contacts_of(work, [one.member_id for one in told])
        missing += [one.member_id for one in told if one.member_id not in contacts]
        known = [(one, contacts[one.member_id]) for one in told if one.member_id in contacts]
        _announce_topic(work, event_id, topic, known)
    return missing


def _announce_topic(work: Work, event_id: str, topic: str, told: list[tuple[Announcement, Any]]) -> None:
    setting = setting_of(work, topic)

    def text(channel: str, announcement: Announcement, contact: Any) -> Text:
        template = setting.templates[channel, contact.language]
        return render(template.subject, template.body, announcement.variables, contact.language, contact.name or "")

    if "inbox" in setting.channels:
        put_into_inboxes(work, [_entry(work, event_id, one, text("inbox", one, whom)) for one, whom in told])
    queue_messages(
        work,
        [
            _message(work, event_id, one, text(channel, one, whom), setting)
            | {"channel": channel, "recipient": address, "language": whom.language}
            for channel, address_field in (("sms", "phone"), ("email", "email"))
            if channel in setting.channels
            for one, whom in told
            if (address := getattr(whom, address_field))
        ],
    )


def _entry(work: Work, event_id: str, announcement: Announcement, text: Text) -> Row:
    return {
        "message_id": new_id("msg"),
        "event_id": event_id,
        "member_id": announcement.member_id,
        "topic": announcement.topic,
        "title": text.subject,
        "body": text.body,
        "created_at": work.now,
    }


def _message(work: Work, event_id: str, announcement: Announcement, text: Text, setting: TopicSetting) -> Row:
    return {
        "message_id": new_id("msg"),
        "event_id": event_id,
        "member_id": announcement.member_id,
        "topic": announcement.topic,
        "subject": text.subject,
        "body": text.body,
        "priority": setting.priority,
        "state": "queued",
        "created_at": work.now,
        "next_attempt_at": work.now,
        "expires_at": work.now + timedelta(seconds=setting.valid_for_s),
    }


def _by_topic(announcements: Iterable[Announcement]) -> dict[str, list[Announcement]]:
    topics: dict[str, list[Announcement]] = {}
    for one in announcements:
        topics.setdefault(one.topic, []).append(one)
    return topics


def _insist_on_all(missing: list[str]) -> None:
    if missing:
        raise ContactNotKnownYet(f"{len(missing)} not known yet, the first is {missing[0]}")
