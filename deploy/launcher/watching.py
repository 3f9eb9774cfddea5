"""Running a program in the foreground while the supervisor goes on watching the mall below it."""

import signal
import subprocess
import time

from deploy.launcher.processes import send
from deploy.launcher.supervisor import Supervisor

SECONDS_TO_END = 10.0


def watch_until_end(supervisor: Supervisor, child: "subprocess.Popen[bytes]") -> int:
    try:
        while child.poll() is None:
            supervisor.tick()
    except BaseException:
        end_politely(child)
        raise
    return exit_code(child)


def exit_code(child: "subprocess.Popen[bytes]") -> int:
    """As a shell would give it."""
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def end_politely(*children: "subprocess.Popen[bytes]") -> None:
    """SIGINT lets pytest and Python programs clean up after themselves; together they get a few seconds for it."""
    for child in children:
        send(child.pid, signal.SIGINT, whole_group=True)
    deadline = time.monotonic() + SECONDS_TO_END
    for child in children:
        try:
            child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            send(child.pid, signal.SIGKILL, whole_group=True)
            child.wait()
