"""A partner that switches things on and keeps its books in memory."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.chassis.open_transaction import leave_transactions_first
from services.orders.domain.provisioning import (
    CallbackNotGenuine,
    PartnerUnavailable,
    Provisioner,
    Result,
    Told,
    Wanted,
)

OWN_PHONE = "+8613800138000"


@dataclass
class PartnerWithMemory:
    """Several partners by their names. ``refuses`` are accounts that they do not know; ``is_slow``: they take a request
    on and decide later (``decide``); ``fails`` is what happens to the next call: before, or after it had its effect."""

    operations: dict[str, Result] = field(default_factory=dict)
    asked: list[tuple[str, Wanted]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    is_slow: bool = False
    keeps: bool = False
    fails: str | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    before_answering: Callable[[], object] | None = None

    def named(self, partner: Provisioner) -> "NamedPartner":
        return NamedPartner(self, partner.provisioner)

    def request(self, name: str, wanted: Wanted) -> Result:
        self._speak(name, "before")
        with self.lock:
            self.asked.append((name, wanted))
            result = self.operations.setdefault(wanted.operation_id, self._decided(wanted))
        self._speak(name, "after")
        return result

    def _decided(self, wanted: Wanted) -> Result:
        if wanted.account in self.refuses:
            return Result("failed", problem="number unknown")
        return Result("pending") if self.is_slow else Result("succeeded", f"no-{wanted.operation_id}")

    def decide(self, operation_id: str, result: Result) -> None:
        with self.lock:
            self.operations[operation_id] = result

    def _speak(self, name: str, when: str) -> None:
        leave_transactions_first(name)
        if name in self.silent:
            raise PartnerUnavailable("no answer")
        if self.fails == when:
            self.fails = None
            raise PartnerUnavailable("timed out")
        if when == "after" and self.before_answering:
            answer, self.before_answering = self.before_answering, None
            answer()


@dataclass
class NamedPartner:
    books: PartnerWithMemory
    name: str

    def request(self, wanted: Wanted, now: datetime) -> Result:
        return self.books.request(self.name, wanted)

    def find(self, operation_id: str, now: datetime) -> Result:
        self.books._speak(self.name, "before")
        return self.books.operations.get(operation_id, Result("absent"))

    def reverse(self, operation_id: str, now: datetime) -> Result:
        self.books._speak(self.name, "before")
        if self.books.keeps:
            return Result("succeeded", problem="used up")
        self.books.decide(operation_id, Result("reversed"))
        self.books._speak(self.name, "after")
        return Result("reversed")

    def read_callback(self, headers: Mapping[str, str], body: str, now: datetime) -> Told:
        if headers["webhook-signature"] != "genuine":
            raise CallbackNotGenuine("wrong signature")
        return Told(body, self.books.operations[body])
