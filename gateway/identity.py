"""Who is asking: a bearer token, checked by members, remembered for a moment.

A session that was revoked is refused everywhere at the latest after ``session_cache_s`` (one second).
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import current_app, request

from gateway.requests import rpc
from services.chassis.refusal import Refused
from services.members import contract as members

MOST_REMEMBERED = 10_000
Who = TypeVar("Who")


@dataclass(frozen=True)
class Identity:
    session_id: str
    member_id: str
    state: str
    tier: str
    language: str
    segments: Sequence[str] = ()

    @property
    def actor(self) -> str:
        return f"member:{self.member_id}"

    @property
    def audience(self) -> dict[str, Any]:
        """Whom prices and goods are for, as requests say it."""
        return {"member_tier": self.tier, "member_segments": list(self.segments)}


class Remembered(Generic[Who]):
    """Who was checked last in this process, by token: bounded, each for a short time."""

    def __init__(self, most_age_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most_age_s, self._clock = most_age_s, clock
        self._entries: OrderedDict[str, tuple[float, Who]] = OrderedDict()

    def get(self, token: str) -> Who | None:
        checked_at, who = self._entries.get(token, (-math.inf, None))
        return who if self._clock() - checked_at < self._most_age_s else None

    def put(self, token: str, who: Who) -> None:
        self._entries[token] = (self._clock(), who)
        self._entries.move_to_end(token)
        if len(self._entries) > MOST_REMEMBERED:
            self._entries.popitem(last=False)

    def forget(self, token: str) -> None:
        self._entries.pop(token, None)

    def __len__(self) -> int:
        return len(self._entries)


def bearer_token(missing: str = members.SESSION_UNKNOWN) -> str:
    """``missing`` is the code with which a request without a token is refused."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > 100 or not token.isascii():
        raise Refused(missing, "no token was sent")
    return token


def forget_session() -> None:
    _sessions().forget(bearer_token())


def identify() -> Identity:
    """The member behind this request; refuses with session.unknown."""
    token = bearer_token()
    identity = _sessions().get(token)
    if identity is None:
        identity = _identity_of(rpc().call(members.CHECK_SESSION, {"token": token}))
        _sessions().put(token, identity)
    return identity


def _identity_of(checked: dict[str, Any]) -> Identity:
    """A newer members may say more than this gateway knows of, an older one nothing of segments."""
    return Identity(**{name: checked[name] for name in Identity.__dataclass_fields__ if name in checked})


def _sessions() -> Remembered[Identity]:
    return current_app.config["SESSIONS"]
