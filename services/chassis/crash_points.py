"""Named places at which a process can be told to die, as if somebody had pulled its plug just there.

They stand in production code because what they are for lies between two of its statements: after the commit and before
the ack, after the broker's confirm and before the row is deleted. Killing at random from outside hardly ever hits
these. Where ``MALL_CRASH_POINT_FILE`` is not set (everywhere but in the fault suite) a point is a call of an empty
function.

The file says ``point|detail|n``: the process that passes that point for the n-th time since then removes the file
and is gone at once, without a goodbye to anybody. So it dies once, and its successor lives.
"""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

SETTING = "MALL_CRASH_POINT_FILE"
KILLED = 137
ANY = "*"


def _nothing(_point: str, _detail: str = ANY) -> None:
    """Where nobody asks for a crash."""


class CrashOnDemand:
    def __init__(self, file: Path, die: Callable[[int], object] = os._exit) -> None:
        self._file, self._die = file, die
        self._passed, self._asked = Counter[tuple[str, str]](), ""

    def __call__(self, point: str, detail: str = ANY) -> None:
        try:
            asked = self._file.read_text()
        except OSError:
            return
        if asked != self._asked:
            self._passed.clear()
            self._asked = asked
        wanted_point, wanted_detail, nth = asked.split("|")
        if wanted_point != point or wanted_detail not in (detail, ANY):
            return
        self._passed[wanted_point, wanted_detail] += 1
        if self._passed[wanted_point, wanted_detail] >= int(nth):
            self._file.unlink(missing_ok=True)
            self._die(KILLED)


def _points(file: str | None) -> Callable[..., None]:
    return CrashOnDemand(Path(file)) if file else _nothing


crash_point = _points(os.environ.get(SETTING))
"""``crash_point("before_commit", "hold_points")``: the point, and what of it."""
