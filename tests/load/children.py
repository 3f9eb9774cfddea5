"""Processes that a benchmark starts beside the mall, and ends with itself."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.load.failures import BenchFailed

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def running(module: str, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """``python -m module …`` with a pipe to talk through; it is ready when it has printed its first line."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if not process.stdout or not process.stdout.readline():
            raise BenchFailed(f"{module} did not start")
        yield process
    finally:
        process.kill()
        process.wait(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(process: subprocess.Popen[str], line: str) -> str:
    """One line to the process, one line back."""
    return ask_together([process], line)[0]


def ask_together(processes: Sequence[subprocess.Popen[str]], line: str) -> list[str]:
    """The same line to all, then what each of them says."""
    for process in processes:
        assert process.stdin
        process.stdin.write(line + "\n")
        process.stdin.flush()
    return [_answer_of(process) for process in processes]


def _answer_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    answer = process.stdout.readline()
    if not answer:
        raise BenchFailed("the process ended in the middle of the benchmark")
    return answer.strip()
