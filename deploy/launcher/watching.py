"""Running a program in the foreground while the supervisor goes on watching the mall below it."""

import signal
import subprocess

from deploy.launcher.processes import send
from deploy.launcher.supervisor import Supervisor

SECONDS_TO_END = 10.0


def watch_until_end(supervisor: Supervisor, child: "subprocess.Popen[bytes]") -> int:
    """Its exit code, as a shell would give it."""
    try:
        while child.poll() is None:
            supervisor.tick()
    except BaseException:
        _end_politely(child)
        raise
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def _end_politely(child: "subprocess.Popen[bytes]") -> None:
    """SIGINT lets pytest and Python programs clean up after themselves; they get a few seconds for it."""
    send(child.pid, signal.SIGINT, whole_group=True)
    try:
        child.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        send(child.pid, signal.SIGKILL, whole_group=True)
        child.wait()
