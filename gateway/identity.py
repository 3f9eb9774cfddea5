"""Who is asking: a bearer token, checked by members, remembered for a moment.

A session that was revoked is refused everywhere at the latest after ``session_cache_s`` (one second).
"""

import time
from collections import OrderedDict
from dataclasses import dataclass

from flask import current_app, request

from gateway.requests import rpc
from services.chassis.refusal import Refused
from services.members import contract as members

SESSIONS_REMEMBERED = 10_000


@dataclass(frozen=True)
class Identity:
    session_id: str
    member_id: str
    state: str
    tier: str
    language: str

    @property
    def actor(self) -> str:
        return f"member:{self.member_id}"


class SessionCache:
    """The last checked sessions of this process, bounded, each for a short time."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, tuple[float, Identity]] = OrderedDict()

    def get(self, token: str, most_age_s: float) -> Identity | None:
        checked_at, identity = self._entries.get(token, (0.0, None))
        return identity if time.monotonic() - checked_at < most_age_s else None

    def put(self, token: str, identity: Identity) -> None:
        self._entries[token] = (time.monotonic(), identity)
        self._entries.move_to_end(token)
        if len(self._entries) > SESSIONS_REMEMBERED:
            self._entries.popitem(last=False)

    def forget(self, token: str) -> None:
        self._entries.pop(token, None)


_sessions = SessionCache()


def bearer_token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > 100 or not token.isascii():
        raise Refused(members.SESSION_UNKNOWN, "no session token was sent")
    return token


def forget_session() -> None:
    _sessions.forget(bearer_token())


def identify() -> Identity:
    """The member behind this request; refuses with session.unknown."""
    token = bearer_token()
    identity = _sessions.get(token, current_app.config["SETTINGS"].session_cache_s)
    if identity is None:
        identity = Identity(**rpc().call(members.CHECK_SESSION, {"token": token}))
        _sessions.put(token, identity)
    return identity
