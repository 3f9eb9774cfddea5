"""The same request again and again, over connections that stay open, each answer as it must be."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tests.load.cpu import Group
from tests.load.failures import WrongAnswer
from tests.load.frame import NOTHING, Measured, measure, without
from tests.load.http_driver import closed_loop


def burst(
    url: str,
    request: bytes,
    groups: Sequence[Group],
    expected: int,
    times: int,
    connections: int = 16,
    idle: Mapping[str, float] = NOTHING,
) -> Measured:
    """``expected``: the status. ``idle``: what a group uses in ms a second on somebody else's account."""

    def ask() -> list[float]:
        load = closed_loop(url, [request] * times, connections)
        if wrong := Counter(answer.status for answer in load.answers if answer.status != expected):
            raise WrongAnswer(f"other answers than {expected}: {dict(wrong)}")
        return load.latencies_ms

    return without(idle, measure(groups, times, ask))
