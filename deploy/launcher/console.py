"""What the user sees while the mall starts, runs and stops: one line a fact, with the time it took."""

import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from deploy.launcher.failure import Failure
from deploy.launcher.language import text

WIDTH = 84


class Console:
    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self.stream = stream or sys.stdout
        self.quiet = quiet
        reconfigure = getattr(self.stream, "reconfigure", None)
        if reconfigure:  # a terminal without UTF-8 shows ? instead of ending in an exception
            reconfigure(errors="replace")

    def line(self, words: str = "") -> None:
        try:
            print(words, file=self.stream, flush=True)
        except OSError:
            # The terminal is gone (SIGHUP): the stop that follows must not fail over a message nobody reads.
            self.quiet = True

    def tell(self, key: str, **values: object) -> None:
        self.line(text(key, **values))

    def done(self, key: str, seconds: float | None = None, **values: object) -> None:
        if not self.quiet:
            words = "  ✓ " + text(key, **values)
            self.line(words if seconds is None else f"{_pad(words, WIDTH)}{seconds:6.1f}s")

    def note(self, key: str, **values: object) -> None:
        if not self.quiet:
            self.line("  · " + text(key, **values))

    def trouble(self, key: str, **values: object) -> None:
        self.line("  ✗ " + text(key, **values))

    @contextmanager
    def timed(self, key: str, **values: object) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.done(key, time.monotonic() - began, **values)


def explain(failure: Failure) -> None:
    """The one way a command ends badly."""
    lines = ["", f"  ✗ {failure.what}"]
    if failure.tail:
        lines += [f"    | {line}" for line in failure.tail.splitlines()]
    lines.append(f"    → {failure.advice}")
    if failure.log:
        lines.append(f"    {text('log.is', path=failure.log)}")
    Console(sys.stderr).line("\n".join(lines))


def _pad(words: str, width: int) -> str:
    """Pads by what a terminal shows: a Chinese character takes two columns."""
    shown = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in words)
    return words + " " * max(1, width - shown)
