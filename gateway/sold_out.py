"""That a flash sale is sold out is remembered for a moment, and answered before anything else is done with a request.

For at most as long as the catalog remembers it: what comes back can be had within that second. Each process remembers
for itself, and losing it loses nothing.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from gateway import headers, problems
from services.catalog.contract import FLASH_SOLD_OUT
from services.chassis.refusal import Refused

MOST_REMEMBERED = 1_000
Environ = dict[str, Any]


class SoldOut:
    """By the path of the request that was refused: bounded, each for a short time."""

    def __init__(self, most_age_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most_age_s, self._clock = most_age_s, clock
        self._until: OrderedDict[str, float] = OrderedDict()

    def note(self, path: str, refusal: Refused) -> None:
        age_s = min(self._most_age_s, float(refusal.details.get("retry_after_s", 0)))
        self._until[path] = self._clock() + age_s
        self._until.move_to_end(path)
        if len(self._until) > MOST_REMEMBERED:
            self._until.popitem(last=False)

    def left_s(self, path: str) -> float:
        """For how long it is remembered still; 0 or less: it is not."""
        return self._until.get(path, -math.inf) - self._clock() if self._until else -math.inf


def register(app: Flask) -> None:
    ask: Any = app.wsgi_app

    def answer(environ: Environ, start_response: Any) -> Iterable[bytes]:
        left_s = app.config["SOLD_OUT"].left_s(environ["PATH_INFO"])
        if left_s <= 0 or environ["REQUEST_METHOD"] != "POST":
            return ask(environ, start_response)
        return _sold_out(environ, left_s)(environ, start_response)

    app.wsgi_app = answer  # type: ignore[method-assign]


def _sold_out(environ: Environ, left_s: float) -> Any:
    details = {"sale_id": environ["PATH_INFO"].split("/")[3], "retry_after_s": round(left_s, 3)}
    language = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    response = problems.before_the_application(409, FLASH_SOLD_OUT, language, details=details)
    response.headers.extend(headers.SECURITY)
    return response
