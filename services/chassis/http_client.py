"""HTTP to outside systems: every call has a time-out, a failing partner is left alone for a while.

A call that timed out may still have had its effect; callers ask the partner before they repeat it, unless the
partner's API is idempotent.
"""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import HTTPAdapter

LARGEST_ANSWER = 1 << 20


class PartnerUnavailable(Exception):
    """No usable answer: not reachable, too slow, 5xx, or the breaker is open. Nothing is known of the effect."""


@dataclass
class Breaker:
    """Opens after ``threshold`` failures in a row and lets one call through after ``rest_s``."""

    threshold: int = 5
    rest_s: float = 10.0
    failures: int = 0
    opened_at: float = field(default=0.0)

    def refuses(self) -> bool:
        if self.failures < self.threshold:
            return False
        if time.monotonic() - self.opened_at < self.rest_s:
            return True
        self.opened_at = time.monotonic()  # half open: this one call goes through
        return False

    def record(self, succeeded: bool) -> None:
        self.failures = 0 if succeeded else self.failures + 1
        if self.failures == self.threshold:
            self.opened_at = time.monotonic()


class PartnerClient:
    """One partner: its own connection pool, time-out and breaker, so that a slow one slows only its own work.

    While ``pool_size`` calls are under way another one waits, for ``patience_s`` (the time-out, if neither the client
    nor the call gives it): with 0 a partner that hangs never holds more than that many workers.
    """

    def __init__(self, name: str, timeout_s: float = 3.0, pool_size: int = 8, patience_s: float | None = None) -> None:
        self.name, self.timeout_s = name, timeout_s
        self.patience_s = timeout_s if patience_s is None else patience_s
        self.breaker, self.places = Breaker(), threading.BoundedSemaphore(pool_size)
        self.session = requests.Session()
        self.session.trust_env = False
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(pool_maxsize=pool_size))

    def request(self, method: str, url: str, patience_s: float | None = None, **options: Any) -> requests.Response:
        """The partner's answer below 500; raises PartnerUnavailable otherwise. Redirects are not followed."""
        if not self.places.acquire(timeout=self.patience_s if patience_s is None else patience_s):
            raise PartnerUnavailable(f"{self.name}: as many calls as it may have are under way")
        try:
            return self._ask(method, url, options)
        finally:
            self.places.release()

    def _ask(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        if self.breaker.refuses():
            raise PartnerUnavailable(f"{self.name}: resting after repeated failures")
        try:
            response = self.session.request(method, url, timeout=self.timeout_s, allow_redirects=False, **options)
            if response.status_code >= 500:
                raise requests.HTTPError(f"status {response.status_code}")
            if len(response.content) > LARGEST_ANSWER:
                raise requests.HTTPError("answer too large")
        except requests.RequestException as problem:
            self.breaker.record(False)
            raise PartnerUnavailable(f"{self.name}: {problem}") from problem
        self.breaker.record(True)
        return response
