"""What is public is remembered for as long as the answer itself says, and answered before anything else is done with a
request.

When it is too old one request asks for it anew, and the others hear it once more; so do all while nobody can say
better, for a few minutes, and ``Age`` says how old it is. Each process remembers for itself, and losing it loses
nothing.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request
from werkzeug.wrappers import Response as PlainResponse

from gateway.requests import id_of_request

MOST_KEPT = 500
LARGEST_KEPT = 64 * 1024
STALE_S = 300.0
ASKING_S = 3.0  # after so long whoever asked anew is given up
OF_ONE_REQUEST = ("X-Request-Id", "RateLimit", "RateLimit-Policy")
Environ = dict[str, Any]


@dataclass
class Kept:
    """Seconds of the memory's own clock."""

    body: bytes
    headers: list[tuple[str, str]]
    since: float
    fresh_until: float
    asked_until: float = field(default=-math.inf)


class KeptAnswers:
    """By path and query: bounded, the one that was used least lately goes first."""

    def __init__(self, most_age_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most_age_s, self.clock = most_age_s, clock
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def keep(self, question: str, response: Response) -> None:
        """Or forget what was kept, where this cannot be."""
        self.forget(question)
        age_s = min(self._most_age_s, response.cache_control.max_age or 0)
        body = response.get_data()
        if age_s <= 0 or len(body) > LARGEST_KEPT:
            return
        headers = [(name, value) for name, value in response.headers if name not in OF_ONE_REQUEST]
        now = self.clock()
        self._kept[question] = Kept(body, headers, now, now + age_s)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def find(self, question: str) -> Kept | None:
        kept = self._kept.get(question)
        if kept is None or self.clock() - kept.since > STALE_S:
            return None
        self._kept.move_to_end(question)
        return kept

    def forget(self, question: str) -> None:
        self._kept.pop(question, None)

    def is_to_be_asked(self, kept: Kept) -> bool:
        """By whoever is told so: nobody else is, until there is an answer."""
        now = self.clock()
        if now < max(kept.fresh_until, kept.asked_until):
            return False
        kept.asked_until = now + ASKING_S
        return True


def register(app: Flask) -> None:
    """Before all that adds headers: what is kept has them."""
    ask: Any = app.wsgi_app

    @app.after_request
    def keep(response: Response) -> Response:
        if response.status_code == 200 and request.method == "GET" and is_public(response):
            app.config["KEPT_ANSWERS"].keep(_question_of(request.environ), response)
        return response

    def answer(environ: Environ, start_response: Any) -> Iterable[bytes]:
        memory: KeptAnswers = app.config["KEPT_ANSWERS"]
        kept = memory.find(_question_of(environ)) if _is_simple(environ) else None
        if kept is None:
            return ask(environ, start_response)
        answered = PlainResponse.from_app(ask, environ) if memory.is_to_be_asked(kept) else None
        if answered is None or answered.status_code >= 500:
            answered = _again(kept, environ, memory.clock())
        elif answered.status_code == 429:  # says nothing of what was asked for: the next one asks
            kept.asked_until = -math.inf
        elif answered.status_code != 200:
            memory.forget(_question_of(environ))
        return answered(environ, start_response)

    app.wsgi_app = answer  # type: ignore[method-assign]


def is_public(response: Response) -> bool:
    """Files of the documentation are none of this: they are read from disk as they are sent."""
    return response.is_sequence and response.headers.get("Cache-Control", "").startswith("public")


def _is_simple(environ: Environ) -> bool:
    return environ["REQUEST_METHOD"] == "GET" and "HTTP_IF_NONE_MATCH" not in environ


def _question_of(environ: Environ) -> str:
    return f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"


def _again(kept: Kept, environ: Environ, now: float) -> PlainResponse:
    own = [("X-Request-Id", id_of_request(environ.get("HTTP_X_REQUEST_ID", ""))), ("Age", str(int(now - kept.since)))]
    return PlainResponse(kept.body, 200, [*kept.headers, *own])
