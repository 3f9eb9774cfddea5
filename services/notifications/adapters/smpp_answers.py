"""What the message centre's answers to the parts of one message come to."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from smpplib import consts

from services.notifications.domain.outgoing import ACCEPTED, NOT_TRIED, REFUSED, TRY_LATER, Outcome, Part

THROTTLED = (consts.SMPP_ESME_RTHROTTLED, consts.SMPP_ESME_RMSGQFUL)
_NEVER = frozenset(
    (
        consts.SMPP_ESME_RINVMSGLEN,
        consts.SMPP_ESME_RINVSRCADR,
        consts.SMPP_ESME_RINVDSTADR,
        consts.SMPP_ESME_RINVDSTTON,
        consts.SMPP_ESME_RINVDSTNPI,
        consts.SMPP_ESME_RINVESMCLASS,
    )
)


@dataclass
class PartAnswer:
    """Filled in by the reading thread. ``status`` None: no answer yet, or (``arrived``) there will be none."""

    number: int
    arrived: threading.Event = field(default_factory=threading.Event)
    status: int | None = None
    provider_message_id: str = ""
    stop_waiting: Callable[[], object] = lambda: None

    def settle(self, status: int, provider_message_id: str) -> None:
        self.status, self.provider_message_id = status, provider_message_id
        self.arrived.set()

    def lose(self) -> None:
        self.arrived.set()


@dataclass
class SubmittedParts:
    answers: list[PartAnswer]
    parts_in_all: int

    def outcome(self, within_s: float) -> Outcome:
        until = time.monotonic() + within_s
        for answer in self.answers:
            if not answer.arrived.wait(max(until - time.monotonic(), 0)):
                answer.stop_waiting()  # else it would take up room in the window for ever
        kind, problem = self._verdict([answer.status for answer in self.answers])
        return Outcome(kind, problem, self._accepted(), self.parts_in_all)

    def _verdict(self, statuses: list[int | None]) -> tuple[str, str | None]:
        refused = [status for status in statuses if status]
        if final := [status for status in refused if status in _NEVER]:
            return REFUSED, f"refused with status {final[0]:#x}"
        if None in statuses:
            return TRY_LATER, "no answer: may have been sent all the same"
        if other := [status for status in refused if status not in THROTTLED]:
            return TRY_LATER, f"status {other[0]:#x}"
        if refused:
            return NOT_TRIED, "throttled"
        return ACCEPTED, None

    def _accepted(self) -> tuple[Part, ...]:
        taken = (answer for answer in self.answers if answer.status == consts.SMPP_ESME_ROK)
        return tuple(Part(answer.number, answer.provider_message_id) for answer in taken)


@dataclass(frozen=True)
class NotSubmitted:
    """Nothing left this process, and the outcome is known without waiting."""

    known: Outcome

    def outcome(self, within_s: float) -> Outcome:
        return self.known


AWAY = NotSubmitted(Outcome(NOT_TRIED, "the message centre is away"))
NO_PHONE = NotSubmitted(Outcome(REFUSED, "not a phone number"))
