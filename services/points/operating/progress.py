"""A progress bar on a terminal; elsewhere a line now and then, once the work takes longer than a moment."""

import time
from typing import TextIO

WIDTH = 30
QUIET_S = 2.0
A_LINE_EVERY_S = 5.0
REDRAW_S = 0.1
PERCENT = 100


class ProgressBar:
    """``with ProgressBar(sys.stderr) as progress: progress("posting", done, of)``.

    With ``lines``, how many are done by now, it also says how many a second and how long it will take.
    """

    def __init__(self, out: TextIO) -> None:
        self.out, self.live = out, out.isatty()
        self.started = self.shown = time.monotonic()
        self.drawn = False
        self.what, self.since, self.at_first = "", self.started, (0, 0)

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *_: object) -> None:
        if self.drawn and self.live:
            self.out.write("\n")

    def __call__(self, what: str, done: int, of: int, lines: int | None = None) -> None:
        now = time.monotonic()
        if what != self.what:
            self.what, self.since, self.at_first = what, now, (done, lines or 0)
        last = done >= of and (self.live or self.drawn)
        if not last and (now - self.shown < self._pause() or (not self.live and now - self.started < QUIET_S)):
            return
        self.shown, self.drawn = now, True
        share = done / of if of else 1.0
        bar = ("#" * round(WIDTH * share)).ljust(WIDTH)
        pace = "" if lines is None else self._pace(now - self.since, done, of, lines)
        line = f"{what:8} [{bar}] {round(PERCENT * share):3d} % {now - self.started:6.1f} s{pace}"
        self.out.write(f"\r{line}" if self.live else f"{line}\n")
        self.out.flush()

    def _pace(self, seconds: float, done: int, of: int, lines: int) -> str:
        """As wide as it ever was, so that a terminal's line leaves nothing of the one before it."""
        done_at_first, lines_at_first = self.at_first
        if seconds <= 0 or done <= done_at_first:
            return " " * 34
        left_s = seconds * (of - done) / (done - done_at_first)
        return f" {(lines - lines_at_first) / seconds:10,.0f} lines/s {left_s:6.0f} s left"

    def _pause(self) -> float:
        if self.live:
            return REDRAW_S
        return A_LINE_EVERY_S if self.drawn else 0.0
