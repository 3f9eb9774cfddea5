"""What goes out by a line (SMS or e-mail) and what may come of one try."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

ACCEPTED, REFUSED, TRY_LATER, NOT_TRIED = "accepted", "refused", "try_later", "not_tried"


@dataclass(frozen=True)
class Part:
    """A part that the message centre took, under the id that its receipt will name."""

    number: int
    provider_message_id: str


@dataclass(frozen=True)
class Outcome:
    """``refused``: never again. ``try_later``: this try counts, its effect may be unknown. ``not_tried``: it does not
    count (the line is away, or the other side asked for patience); ``problem`` never holds a text or an address."""

    kind: str
    problem: str | None = None
    parts: tuple[Part, ...] = ()
    parts_in_all: int = 1


@dataclass(frozen=True)
class ShortMessage:
    """``reference`` ties its parts together on the phone; parts in ``accepted_before`` are not sent again."""

    recipient: str
    text: str
    reference: int
    accepted_before: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Letter:
    message_id: str
    recipient: str
    subject: str
    text: str
    language: str


class Submitted(Protocol):
    def outcome(self, within_s: float) -> Outcome:
        """Waits at most ``within_s`` seconds for the answer to every part."""
        ...


class SmsLine(Protocol):
    provider: str

    def room(self) -> int:
        """How many messages may be submitted now; 0 while the line is away or told to slow down."""
        ...

    def submit(self, message: ShortMessage) -> Submitted:
        """Hands the parts over at once, whatever ``room`` says."""
        ...


class MailLine(Protocol):
    def send_all(self, letters: Sequence[Letter]) -> list[Outcome]:
        """One outcome per letter, in order."""
        ...


@dataclass(frozen=True)
class Receipt:
    """What became of one part: ``delivered`` or ``failed``, for good."""

    provider: str
    provider_message_id: str
    outcome: str
