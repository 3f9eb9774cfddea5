"""`./mall COMMAND`: hands over to the command and turns every bad end into words and an exit code."""

import argparse
import errno
import os
import sys
import traceback
from collections.abc import Callable, Sequence

from deploy.launcher import doctor, language, logs, playing, running, status, stopping, testing
from deploy.launcher.command_line import read_command_line
from deploy.launcher.console import Console, explain
from deploy.launcher.failure import Failure
from deploy.launcher.interrupts import INTERRUPTED, Interrupted
from deploy.launcher.launch import Launch
from deploy.launcher.layout import Layout

Command = Callable[[Launch, argparse.Namespace], int]
COMMANDS: dict[str, Command] = {
    "up": running.up,
    "migrate": running.migrate_only,
    "env": running.make_env,
    "demo": playing.demo,
    "bench": playing.bench,
    "ops": playing.ops,
    "test": testing.run_tests,
    "down": stopping.down,
    "reset": stopping.reset,
    "status": status.show,
    "logs": logs.show,
    "doctor": doctor.examine,
}


DISK_TROUBLES = {
    errno.EACCES: "folder.refused",
    errno.EPERM: "folder.refused",
    errno.EROFS: "folder.refused",
    errno.ENOSPC: "disk.full",
    errno.EDQUOT: "disk.full",
}


def main(arguments: Sequence[str]) -> int:
    language.speak(language.wanted(arguments, os.environ))
    given = list(arguments) or ["--help"]
    options = read_command_line(given)
    # The standard output of these belongs to the program they run.
    stream = sys.stderr if options.command in ("demo", "bench", "ops") else sys.stdout
    launch = Launch(Layout.here(), Console(stream))
    launch.interrupts.install()
    try:
        return COMMANDS[options.command](launch, options)
    except Failure as failure:
        explain(failure)
        return failure.code
    except Interrupted:
        return INTERRUPTED
    except BrokenPipeError:
        return 0
    except Exception as error:  # noqa: BLE001 - users get words, the traceback goes to the log
        explain(_of_the_disk(launch, error) or _unexpected(launch, error))
        return 1


def _of_the_disk(launch: Launch, error: Exception) -> Failure | None:
    """What the launcher could not write down: no fault of its own, and no log can be counted on."""
    if isinstance(error, OSError) and error.errno in DISK_TROUBLES:
        return Failure(DISK_TROUBLES[error.errno], path=error.filename or launch.layout.home, reason=error.strerror)
    return None


def _unexpected(launch: Launch, error: Exception) -> Failure:
    log = launch.layout.log / "launcher.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as stream:
            traceback.print_exception(error, file=stream)
    except OSError as refused:
        return Failure("folder.refused", path=log.parent, reason=refused.strerror)
    return Failure("unexpected", error=f"{type(error).__name__}: {error}", log=log)
