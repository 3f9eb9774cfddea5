"""What members and support staff see of messages."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.ids import is_id
from services.chassis.refusal import Refused
from services.notifications.contract import CURSOR_INVALID, MESSAGE_UNKNOWN
from services.notifications.domain.masking import mask_recipient
from services.notifications.storage.inbox import inbox_of, mark_as_read
from services.notifications.storage.messages import messages_of


def list_inbox(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """Newest first. The cursor is the last message seen: new ones on top do not shift the next page."""
    cursor, limit = request["cursor"], request["limit"]
    if cursor is not None and not is_id(cursor, "msg"):
        raise Refused(CURSOR_INVALID, "the cursor is not one of ours")
    found = inbox_of(work, request["member_id"], limit + 1, before=cursor)
    page = found[:limit]
    return {
        "messages": [_inbox_message(row) for row in page],
        "next_cursor": page[-1].message_id if len(found) > limit else None,
    }


def mark_read(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    row = mark_as_read(work, request["member_id"], request["message_id"])
    if row is None:
        raise Refused(MESSAGE_UNKNOWN, "the member has no such message")
    return _inbox_message(row)


def list_messages(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """By every way, newest first, recipients masked. What is in the inbox has arrived."""
    member_id, limit = request["member_id"], request["limit"]
    sent = [_sent(row) for row in messages_of(work, member_id, limit)]
    filed = [_filed(row) for row in inbox_of(work, member_id, limit)]
    newest_first = sorted(sent + filed, key=lambda one: one["message_id"], reverse=True)
    return {"messages": newest_first[:limit]}


def _inbox_message(row: Any) -> dict[str, Any]:
    names = ("message_id", "topic", "title", "body", "created_at")
    return {name: getattr(row, name) for name in names} | {"is_read": row.read_at is not None}


def _sent(row: Any) -> dict[str, Any]:
    names = ("message_id", "topic", "channel", "state", "created_at", "settled_at")
    masked = mask_recipient(row.channel, row.recipient)
    return {name: getattr(row, name) for name in names} | {"recipient_masked": masked}


def _filed(row: Any) -> dict[str, Any]:
    return {
        "message_id": row.message_id,
        "topic": row.topic,
        "channel": "inbox",
        "state": "delivered",
        "recipient_masked": None,
        "created_at": row.created_at,
        "settled_at": row.created_at,
    }
