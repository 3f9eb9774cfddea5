"""A progress bar on a terminal; elsewhere a line now and then, once the work takes longer than a moment."""

import time
from typing import TextIO

WIDTH = 30
QUIET_S = 2.0
A_LINE_EVERY_S = 5.0
REDRAW_S = 0.1
PERCENT = 100


class ProgressBar:
    """``with ProgressBar(sys.stderr) as progress: progress("posting", done, of)``."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.live = out, out.isatty()
        self.started = self.shown = time.monotonic()
        self.drawn = False

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *_: object) -> None:
        if self.drawn and self.live:
            self.out.write("\n")

    def __call__(self, what: str, done: int, of: int) -> None:
        now = time.monotonic()
        last = done >= of and (self.live or self.drawn)
        if not last and (now - self.shown < self._pause() or (not self.live and now - self.started < QUIET_S)):
            return
        self.shown, self.drawn = now, True
        share = done / of if of else 1.0
        bar = ("#" * round(WIDTH * share)).ljust(WIDTH)
        line = f"{what:8} [{bar}] {round(PERCENT * share):3d} % {now - self.started:6.1f} s"
        self.out.write(f"\r{line}" if self.live else f"{line}\n")
        self.out.flush()

    def _pause(self) -> float:
        if self.live:
            return REDRAW_S
        return A_LINE_EVERY_S if self.drawn else 0.0
