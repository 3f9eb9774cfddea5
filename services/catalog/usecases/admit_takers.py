"""Who is let through to the database when thousands want a ticket at once. Losing this memory loses nothing: it only
spares the database what it would refuse."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock
from typing import Any

from services.catalog.contract import FLASH_BUSY, TAKE_TICKET
from services.catalog.domain.flash_sales import sold_out
from services.catalog.settings import CatalogSettings
from services.catalog.usecases.take_ticket import NothingLeft, take_ticket
from services.chassis.data.work import Works
from services.chassis.refusal import Refused

MOST_SALES = 1_000  # that are known as sold out; the one that was told first is forgotten first


@dataclass
class Turnstile:
    """Of one sale: ``inside`` lets so many through, ``here`` are those who are through or wait."""

    inside: BoundedSemaphore
    here: int = 0


@dataclass
class Admission:
    """One a process. ``clock`` counts seconds."""

    settings: CatalogSettings = field(default_factory=CatalogSettings)
    clock: Callable[[], float] = time.monotonic
    _turnstiles: dict[str, Turnstile] = field(default_factory=dict)
    _sold_out: dict[str, float] = field(default_factory=dict)
    _lock: Any = field(default_factory=Lock)

    def start(self) -> None:
        """There is nothing to begin with."""

    def stop(self) -> None:
        """There is nothing to save."""

    def note_sold_out(self, sale_id: str) -> None:
        with self._lock:
            self._sold_out.pop(sale_id, None)
            self._sold_out[sale_id] = self.clock() + self.settings.flash_sold_out_s
            if len(self._sold_out) > MOST_SALES:
                del self._sold_out[next(iter(self._sold_out))]

    def refuse_if_sold_out(self, sale_id: str) -> None:
        """``retry_after_s`` of the refusal says for how long it is remembered: whoever hands it on forgets it then."""
        left_s = self._sold_out.get(sale_id, -math.inf) - self.clock()
        if left_s > 0:
            raise sold_out(sale_id, left_s)

    @contextmanager
    def turn(self, sale_id: str) -> Iterator[None]:
        """Refuses who would wait for too long, and who waited until nothing was left."""
        self.refuse_if_sold_out(sale_id)
        with self._at(sale_id) as turnstile:
            if not turnstile.inside.acquire(timeout=self.settings.flash_wait_s):
                raise Refused(FLASH_BUSY, "many ask at once: the same request may be repeated", retry_after_s=1)
            try:
                self.refuse_if_sold_out(sale_id)
                yield
            finally:
                turnstile.inside.release()

    @contextmanager
    def _at(self, sale_id: str) -> Iterator[Turnstile]:
        """There as long as anybody is at it."""
        with self._lock:
            turnstile = self._turnstiles.get(sale_id)
            if turnstile is None:
                turnstile = self._turnstiles[sale_id] = Turnstile(BoundedSemaphore(self.settings.flash_at_once))
            turnstile.here += 1
        try:
            yield turnstile
        finally:
            with self._lock:
                turnstile.here -= 1
                if not turnstile.here:
                    del self._turnstiles[sale_id]


def take_ticket_in_turn(works: Works, admission: Admission, request: dict[str, Any]) -> Any:
    """Sold out is no answer for good: the same request may be sent again, and has a ticket once there is one."""
    sale_id = request["sale_id"]
    with admission.turn(sale_id):
        try:
            return works.once(TAKE_TICKET, take_ticket, request)
        except NothingLeft:
            admission.note_sold_out(sale_id)
            raise sold_out(sale_id, admission.settings.flash_sold_out_s) from None
