"""Running a set-up command (pip, initdb, apt-get) to its end, its output going to the set-up log."""

import shlex
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.launcher.interrupts import Interrupted, Interrupts
from deploy.launcher.processes import RunAs, send, start_child


def run_logged(
    command: Sequence[str | Path],
    log: Path,
    interrupts: Interrupts,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    run_as: RunAs | None = None,
) -> int:
    return wait_for(start_logged(command, log, env=env, cwd=cwd, run_as=run_as), interrupts)


def start_logged(
    command: Sequence[str | Path],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    run_as: RunAs | None = None,
) -> "subprocess.Popen[bytes]":
    """``wait_for`` it, or kill it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        output.write(f"$ {shlex.join(map(str, command))}\n".encode())
        output.flush()
        return start_child(command, output=output, env=env, cwd=cwd, run_as=run_as)


def wait_for(child: "subprocess.Popen[bytes]", interrupts: Interrupts) -> int:
    while True:
        try:
            return child.wait(0.1)
        except subprocess.TimeoutExpired:
            if interrupts.received:
                send(child.pid, signal.SIGKILL, whole_group=True)
                child.wait()
                raise Interrupted from None
