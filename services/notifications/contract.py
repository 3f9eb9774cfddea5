"""The published language of notifications: one-time codes, messages by SMS and e-mail, the inbox, templates."""

from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, flag, identifier, instant, integer, listed, text

SERVICE = "notifications"

LANGUAGES = ("zh", "en")
MESSAGE_CHANNELS = ("sms", "email", "inbox")
MESSAGE_STATES = ("queued", "sending", "sent", "delivered", "failed")
LARGEST_PAGE = 100

# Rejection codes
NOT_ACCEPTED = "message.not_accepted"
MESSAGE_UNKNOWN = "message.unknown"
TEMPLATE_INVALID = "template.invalid"
CURSOR_INVALID = "cursor.invalid"


class SendCode(Request):
    """Sent at once, ahead of everything else, and never written down: not in a table, not in a log."""

    request_id = text(80)
    phone = text(20)
    code = text(12)
    purpose = choice("sign_in")
    language = choice(*LANGUAGES)
    minutes = integer(1, 60)


class CodeAccepted(Record):
    message_id = identifier("msg")


class ListInbox(Request):
    member_id = identifier("mbr")
    limit = integer(1, LARGEST_PAGE, load_default=20)
    cursor = text(200, allow_none=True)


class InboxMessage(Record):
    message_id = identifier("msg")
    topic = text(60)
    title = text(120)
    body = text(2000)
    is_read = flag()
    created_at = instant()


class InboxPage(Record):
    messages = listed(InboxMessage)
    next_cursor = text(200, allow_none=True)


class MarkRead(Request):
    request_id = text(80)
    member_id = identifier("mbr")
    message_id = identifier("msg")


class ListMessages(Request):
    """For support: what was sent to a member, by which way, and what became of it."""

    member_id = identifier("mbr")
    limit = integer(1, LARGEST_PAGE, load_default=50)


class SentMessage(Record):
    message_id = identifier("msg")
    topic = text(60)
    channel = choice(*MESSAGE_CHANNELS)
    state = choice(*MESSAGE_STATES)
    recipient_masked = text(60, allow_none=True)
    created_at = instant()
    settled_at = instant(allow_none=True)


class SentMessages(Record):
    messages = listed(SentMessage)


class PutTemplate(Request):
    """Jinja text per topic, channel and language; a new version each time, in force at once."""

    request_id = text(80)
    topic = text(60)
    channel = choice(*MESSAGE_CHANNELS)
    language = choice(*LANGUAGES)
    subject = text(120, shortest=0, load_default="")
    body = text(2000)
    actor = text(80)


class TemplateVersion(Record):
    topic = text(60)
    channel = choice(*MESSAGE_CHANNELS)
    language = choice(*LANGUAGES)
    version = integer(1)


SEND_CODE = Command(SERVICE, "send_code", SendCode, CodeAccepted, refuses=(NOT_ACCEPTED,), timeout_s=4)
LIST_INBOX = Query(SERVICE, "list_inbox", ListInbox, InboxPage, refuses=(CURSOR_INVALID,))
MARK_READ = Command(SERVICE, "mark_read", MarkRead, InboxMessage, refuses=(MESSAGE_UNKNOWN,))
LIST_MESSAGES = Query(SERVICE, "list_messages", ListMessages, SentMessages)
PUT_TEMPLATE = Command(SERVICE, "put_template", PutTemplate, TemplateVersion, refuses=(TEMPLATE_INVALID,))
