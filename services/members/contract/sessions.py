"""Sessions: checked for every request, listed and ended by the member."""

from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, listed, text
from services.members.contract.people import OfMember
from services.members.contract.vocabulary import (
    CHANNELS,
    LANGUAGES,
    LARGEST_SEGMENTS,
    SERVICE,
    SESSION_UNKNOWN,
    STATES,
    TIERS,
)


class CheckSession(Request):
    token = text(100)


class SessionChecked(Record):
    """``segments`` are the labels of those that the member is in now."""

    session_id = identifier("ses")
    member_id = identifier("mbr")
    state = choice(*STATES)
    tier = choice(*TIERS)
    language = choice(*LANGUAGES)
    segments = listed(text(40), longest=LARGEST_SEGMENTS, load_default=list)


class Session(Record):
    session_id = identifier("ses")
    channel = choice(*CHANNELS)
    device = text(200, shortest=0)
    started_at = instant()
    last_seen_at = instant()
    expires_at = instant()


class Sessions(Record):
    sessions = listed(Session)


class RevokeSession(Request):
    request_id = text(80)
    member_id = identifier("mbr")
    session_id = identifier("ses")


class SessionRevoked(Record):
    session_id = identifier("ses")


CHECK_SESSION = Query(SERVICE, "check_session", CheckSession, SessionChecked, refuses=(SESSION_UNKNOWN,))
LIST_SESSIONS = Query(SERVICE, "list_sessions", OfMember, Sessions)
REVOKE_SESSION = Command(SERVICE, "revoke_session", RevokeSession, SessionRevoked, refuses=(SESSION_UNKNOWN,))
