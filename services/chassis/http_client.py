"""HTTP to outside systems: every call is bounded in time and in size, a failing partner is left alone for a while.

A call that timed out may still have had its effect; callers ask the partner before they repeat it, unless the
partner's API is idempotent.
"""

import queue
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any

import requests

from services.chassis.crash_points import crash_point
from services.chassis.http_deadline import BoundedAdapter, Deadline
from services.chassis.open_transaction import leave_transactions_first

LARGEST_ANSWER = 1 << 20
KEPT_IN_MEMORY = 1 << 20  # of a file that is downloaded; what is larger lies on the disk
CHUNK = 1 << 16
_HEADERS = dict(requests.utils.default_headers())


class PartnerUnavailable(Exception):
    """No usable answer: not reachable, too slow, too large, 5xx, or the breaker is open. Nothing is known of the
    effect, unless nothing of the request ``was_sent``."""

    def __init__(self, problem: str, was_sent: bool = True) -> None:
        super().__init__(problem)
        self.was_sent = was_sent


@dataclass(frozen=True)
class PartnerAnswer:
    """``headers`` are found by their names in any case."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


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
    """One partner: its own connections, deadline and breaker, so that a slow one slows only its own work.

    A call is over after ``timeout_s``, from connecting to the last byte of the answer. While ``pool_size`` calls are
    under way another one waits, for ``patience_s`` (the time-out, if neither the client nor the call gives it): with 0
    a partner that hangs never holds more than that many workers.
    """

    def __init__(self, name: str, timeout_s: float = 3.0, pool_size: int = 8, patience_s: float | None = None) -> None:
        self.name, self.timeout_s = name, timeout_s
        self.patience_s = timeout_s if patience_s is None else patience_s
        self.breaker, self.places = Breaker(), queue.LifoQueue[BoundedAdapter]()  # the last used is still connected
        for _ in range(pool_size):
            self.places.put(BoundedAdapter())

    def request(self, method: str, url: str, patience_s: float | None = None, **options: Any) -> PartnerAnswer:
        """The partner's answer below 500; raises PartnerUnavailable otherwise. Redirects are not followed."""
        with self._asked(method, url, self.timeout_s, options, patience_s) as response:
            content = BytesIO()
            _pour(response, content, LARGEST_ANSWER)
        return PartnerAnswer(response.status_code, response.headers, content.getvalue())

    def download(self, method: str, url: str, most: int, within_s: float, **options: Any) -> IO[bytes]:
        """What the partner sends with status 200, at its start, of ``most`` bytes at most and within ``within_s``;
        raises PartnerUnavailable otherwise. The caller closes it."""
        file = tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115 — the caller closes it
        try:
            with self._asked(method, url, within_s, options) as response:
                if response.status_code != 200:
                    raise PartnerUnavailable(f"{self.name}: status {response.status_code} instead of a file")
                _pour(response, file, most)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    @contextmanager
    def _asked(
        self, method: str, url: str, within_s: float, options: dict[str, Any], patience_s: float | None = None
    ) -> Iterator[requests.Response]:
        """The answer's body is still to be read. The breaker hears what became of it."""
        leave_transactions_first(self.name)
        with self._place(patience_s) as place, Deadline(within_s) as deadline:
            try:
                with self._ask(place, method, url, options) as response:
                    yield response
                if deadline.is_over:
                    raise requests.Timeout("cut off")
                crash_point("after_partner", self.name)
            except requests.RequestException as problem:
                self.breaker.record(False)
                what = f"not done within {within_s} s" if deadline.is_over else str(problem)
                raise PartnerUnavailable(f"{self.name}: {what}", deadline.was_sent) from problem
        self.breaker.record(True)

    @contextmanager
    def _place(self, patience_s: float | None) -> Iterator[BoundedAdapter]:
        """One of the calls that may be under way."""
        try:
            patience_s = self.patience_s if patience_s is None else patience_s
            place = self.places.get(block=patience_s > 0, timeout=patience_s)
        except queue.Empty:
            problem = f"{self.name}: as many calls as it may have are under way"
            raise PartnerUnavailable(problem, was_sent=False) from None
        try:
            if self.breaker.refuses():
                raise PartnerUnavailable(f"{self.name}: resting after repeated failures", was_sent=False)
            yield place
        finally:
            self.places.put(place)

    def _ask(self, place: BoundedAdapter, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        """Not by a session: that would read the whole body of a redirect, which nobody follows."""
        asked = requests.Request(method, url, **{**options, "headers": _HEADERS | options.get("headers", {})}).prepare()
        crash_point("before_partner", self.name)
        response = place.send(asked, stream=True, timeout=self.timeout_s)
        if response.status_code >= 500:
            response.close()
            raise requests.HTTPError(f"status {response.status_code}")
        return response


def _pour(response: requests.Response, into: IO[bytes], most: int) -> None:
    for chunk in response.iter_content(CHUNK):
        if into.tell() + len(chunk) > most:
            raise requests.HTTPError(f"an answer of more than {most} bytes")
        into.write(chunk)
