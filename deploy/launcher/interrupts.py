"""Ctrl-C, SIGTERM and SIGHUP become a flag that waiting code looks at: a start is never torn apart half-way.

The handlers are installed explicitly because a shell starts background jobs with SIGINT ignored.
"""

import signal
import time
from types import FrameType

INTERRUPTED = 130
"""Exit code of a command that was interrupted, as shells have it."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    """The user (or `./mall down`) asked for an end."""


class Interrupts:
    def __init__(self) -> None:
        self.received = 0

    def install(self) -> None:
        for number in SIGNALS:
            signal.signal(number, self._note)

    def ignore(self) -> None:
        """While stopping: a second Ctrl-C must not leave half of the processes behind."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def check(self) -> None:
        if self.received:
            raise Interrupted

    def pause(self, seconds: float) -> None:
        """Sleeps are short everywhere, because a sleep goes on after the signal."""
        time.sleep(seconds)
        self.check()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.received = number
