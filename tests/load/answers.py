"""How a benchmark's child talks: questions are lines on its standard input, answers lines on what was its output."""

import sys
from collections.abc import Iterator
from typing import TextIO

from eventlet import tpool


def answers_apart() -> TextIO:
    """Where to print answers. From here on everything else that is printed goes to standard error: a log line taken
    for an answer would be a figure that nobody measured."""
    answers, sys.stdout = sys.stdout, sys.stderr
    return answers


def questions() -> Iterator[str]:
    """The lines of standard input. A plain read would stop a patched process between them, heartbeats included, and
    the broker would close its connections."""
    while line := tpool.execute(sys.stdin.readline):
        yield line
