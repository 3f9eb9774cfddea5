"""The answers of a benchmark's child: lines on what was its standard output. Logs go elsewhere."""

import sys
from typing import TextIO


def answers_apart() -> TextIO:
    """Where to print answers. From here on everything else that is printed goes to standard error: a log line taken
    for an answer would be a figure that nobody measured."""
    answers, sys.stdout = sys.stdout, sys.stderr
    return answers
