"""HTTP to outside systems: every call has a time-out, a failing partner is left alone for a while.

A call that timed out may still have had its effect; callers ask the partner before they repeat it, unless the
partner's API is idempotent.
"""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

import requests
from requests.adapters import HTTPAdapter

from services.chassis.crash_points import crash_point

LARGEST_ANSWER = 1 << 20
KEPT_IN_MEMORY = 1 << 20  # of a file that is downloaded; what is larger lies on the disk
CHUNK = 1 << 16


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
        with self._place(patience_s):
            response = self._ask(method, url, options)
            if len(response.content) > LARGEST_ANSWER:
                raise requests.HTTPError("answer too large")
            return response

    def download(self, method: str, url: str, most: int, within_s: float, **options: Any) -> IO[bytes]:
        """What the partner sends with status 200, at its start, of ``most`` bytes at most and within ``within_s``;
        raises PartnerUnavailable otherwise. The caller closes it."""
        with self._place(None), self._ask(method, url, {**options, "stream": True}) as response:
            if response.status_code != 200:
                raise PartnerUnavailable(f"{self.name}: status {response.status_code} instead of a file")
            return _kept(response, most, time.monotonic() + within_s)

    @contextmanager
    def _place(self, patience_s: float | None) -> Iterator[None]:
        """One of the calls that may be under way, whose outcome the breaker hears of."""
        if not self.places.acquire(timeout=self.patience_s if patience_s is None else patience_s):
            raise PartnerUnavailable(f"{self.name}: as many calls as it may have are under way")
        try:
            if self.breaker.refuses():
                raise PartnerUnavailable(f"{self.name}: resting after repeated failures")
            yield
            self.breaker.record(True)
        except requests.RequestException as problem:
            self.breaker.record(False)
            raise PartnerUnavailable(f"{self.name}: {problem}") from problem
        finally:
            self.places.release()

    def _ask(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        crash_point("before_partner", self.name)
        response = self.session.request(method, url, timeout=self.timeout_s, allow_redirects=False, **options)
        crash_point("after_partner", self.name)
        if response.status_code >= 500:
            raise requests.HTTPError(f"status {response.status_code}")
        return response


def _kept(response: requests.Response, most: int, deadline: float) -> IO[bytes]:
    file = tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115 — the caller closes it
    try:
        for chunk in response.iter_content(CHUNK):
            if file.tell() + len(chunk) > most:
                raise PartnerUnavailable(f"a file of more than {most} bytes")
            if time.monotonic() > deadline:
                raise requests.Timeout("a file that does not end")
            file.write(chunk)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file
