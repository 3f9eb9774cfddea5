"""A client of the mall's HTTP API as a good app has it: a key for each write, patient retries with the same key."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

PATIENCE_S = 90.0
PAUSE_S = 0.3
WORTH_RETRYING = frozenset({429, 502, 503, 504})
# Nothing is known of what became of the request: with the same key it may be sent again.
PASSING_FAILURES = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


class StoryBroken(Exception):
    """Something in the story did not come out as it must."""


@dataclass
class Shop:
    """``retries`` counts how often a request had to be sent again, ``worth_retrying`` are the statuses that pass."""

    url: str
    language: str
    token: str | None = None
    retries: int = 0
    worth_retrying: frozenset[int] = WORTH_RETRYING
    patience_s: float = PATIENCE_S
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **query: Any) -> Any:
        return self.expect(200, self.send("GET", path, params=query))

    def post(self, path: str, body: Any = None, key: str | None = None, status: int = 201) -> Any:
        return self.expect(status, self.send("POST", path, body, key))

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        key: str | None = None,
        params: Any = None,
        patient: bool = True,
    ) -> requests.Response:
        """The first answer that is not a passing failure; the key stays the same, so nothing happens twice."""
        headers = {"Accept-Language": self.language, "Idempotency-Key": key or uuid.uuid4().hex}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        deadline = time.monotonic() + (self.patience_s if patient else 0)
        while True:
            try:
                response = self.session.request(
                    method, self.url + path, json=body, params=params, headers=headers, timeout=15
                )
                if response.status_code not in self.worth_retrying or time.monotonic() > deadline:
                    return response
                pause = float(response.headers.get("Retry-After", PAUSE_S))
            except PASSING_FAILURES:
                if time.monotonic() > deadline:
                    raise
                pause = PAUSE_S
            self.retries += 1
            time.sleep(min(pause, max(deadline - time.monotonic(), 0)))

    def expect(self, status: int, response: requests.Response) -> Any:
        if response.status_code != status:
            raise StoryBroken(f"{response.request.method} {response.url}: {response.status_code} {response.text[:400]}")
        return response.json()


def eventually(what: str, condition: Callable[[], Any], within_s: float = PATIENCE_S) -> Any:
    """The condition's first true value; the story breaks when there is none in time."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            if value := condition():
                return value
        except requests.RequestException:
            pass  # a part is just being restarted
        if time.monotonic() > deadline:
            raise StoryBroken(f"{what}: not within {within_s:.0f} s")
        time.sleep(PAUSE_S)
