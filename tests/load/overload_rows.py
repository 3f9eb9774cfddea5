"""What the answers to too many requests say: how much got done, how soon the rest was turned away, when it was over."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.load.asking import NO_ANSWER, NOT_NOW, TOO_MANY
from tests.load.failures import WrongAnswer
from tests.load.frame import Measured, Row, plain
from tests.load.http_driver import Answer, Load

GOAL_GOODPUT, GOAL_REFUSAL_MS, GOAL_RECOVERY_S = 0.8, 100.0, 10.0
RAMP = 0.25
"""The share of a phase until the mall is as busy as it will be."""
WINDOW_S = 1.0
IN_A_ROW = 2
SLOWER = 1.2


@dataclass(frozen=True)
class Kind:
    """A kind of request. ``done``: the status of one that was served."""

    name: str
    what: str
    done: int


@dataclass(frozen=True)
class Phase:
    """An open loop of ``seconds`` at ``times`` the peak of ``peak`` served a second."""

    kind: Kind
    times: float
    peak: float
    seconds: float
    load: Load

    def served(self) -> list[Answer]:
        return [answer for answer in self.load.answers if answer.status == self.kind.done]

    def refused(self) -> list[Answer]:
        return [answer for answer in self.load.answers if answer.status in (TOO_MANY, NOT_NOW)]

    def unanswered(self) -> Counter[str]:
        return Counter(answer.body.decode() for answer in self.load.answers if answer.status == NO_ANSWER)

    def goodput(self) -> float:
        """Served a second once the mall is busy, until the last request of the phase."""
        ramp = RAMP * self.seconds
        came = [answer for answer in self.served() if ramp <= answer.came_s < self.seconds]
        return len(came) / (self.seconds - ramp)


def insist_on_lawful(phase: Phase) -> None:
    """Served, or told to come again, and when."""
    for answer in phase.load.answers:
        if answer.status in (phase.kind.done, NO_ANSWER):
            continue
        if answer.status not in (TOO_MANY, NOT_NOW) or not answer.retry_after.isdigit():
            said = answer.body[:500].decode(errors="replace")
            raise WrongAnswer(
                f"{phase.times:g} x the peak: {phase.kind.what} was answered {answer.status}, "
                f"Retry-After {answer.retry_after or 'missing'}: {said}"
            )


def recovery_s(before: Phase, after: Phase) -> float:
    """Seconds of ``after`` until, for two seconds in a row, answers are as they were ``before`` at the same rate: as
    many served, and the slowest no slower than its 99th percentile (and a fifth). ``after.seconds`` if never."""
    slowest = SLOWER * percentile(before.served(), 0.99)
    share = len(before.served()) / max(len(before.load.answers), 1)
    in_a_row = 0
    for window in range(round(after.seconds / WINDOW_S)):
        in_a_row = in_a_row + 1 if _is_as_before(_meant_in(after, window), after.kind.done, slowest, share) else 0
        if in_a_row == IN_A_ROW:
            return (window + 1 - IN_A_ROW) * WINDOW_S
    return after.seconds


def rows_of_phase(phase: Phase) -> list[Row]:
    name, unit = f"P10.{phase.kind.name}.{phase.times:g}x", f"{phase.kind.what}/s"
    goodput, refused, unanswered = phase.goodput(), phase.refused(), phase.unanswered()
    at = f"at {phase.times:g} x the peak"
    limited = sum(answer.status == TOO_MANY for answer in refused)
    beside = Row(
        f"{name}.goodput", f"served {at}, beside the peak", unit,
        round(goodput, 3), round(phase.peak, 3), round(goodput / phase.peak, 3),
        f">= {GOAL_GOODPUT} x", goodput >= GOAL_GOODPUT * phase.peak,
    )  # fmt: skip
    lost = ", ".join(f"{count} x {why}" for why, count in unanswered.items())
    return [
        beside,
        plain(f"{name}.served.p99", f"99th percentile until one was served {at}", "ms", percentile(phase.served())),
        plain(f"{name}.refused", f"turned away {at}, {limited} of them by rate limits", "requests", len(refused)),
        *(_rows_of_refusals(name, at, refused) if refused else []),
        plain(f"{name}.lost", f"without an answer {at} ({lost or 'none'})", "requests", unanswered.total(), 0),
    ]


def _rows_of_refusals(name: str, at: str, refused: Sequence[Answer]) -> list[Row]:
    """From when it was due; and without what the generator itself was late, which shares the machine."""
    what = f"99th percentile until one was turned away {at}"
    sent = [answer.milliseconds - answer.late_ms for answer in refused]
    return [
        plain(f"{name}.refused.p99", f"{what}, from when it was due", "ms", percentile(refused), GOAL_REFUSAL_MS),
        plain(f"{name}.refused.sent.p99", f"{what}, from when it was sent", "ms", _percentile(sent), GOAL_REFUSAL_MS),
    ]


def row_of_recovery(before: Phase, overload: Phase, after: Phase) -> Row:
    name = f"P10.{overload.kind.name}.{overload.times:g}x.recovery"
    what = f"after {overload.times:g} x the peak, until answers are as before at 1 x again"
    return plain(name, what, "s", recovery_s(before, after), GOAL_RECOVERY_S)


def percentile(answers: Sequence[Answer], share: float = 0.99) -> float:
    return _percentile([answer.milliseconds for answer in answers], share)


def _percentile(milliseconds: list[float], share: float = 0.99) -> float:
    return Measured({}, 0, milliseconds).percentile(share)


def _meant_in(phase: Phase, window: int) -> list[Answer]:
    return [answer for answer in phase.load.answers if window <= answer.at_s / WINDOW_S < window + 1]


def _is_as_before(answers: Sequence[Answer], done: int, slowest: float, share: float) -> bool:
    served = [answer for answer in answers if answer.status == done]
    return bool(answers) and len(served) >= share * len(answers) and percentile(served, 1.0) <= slowest
