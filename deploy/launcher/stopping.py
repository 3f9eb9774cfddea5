"""`down` and `reset`: ending a mall from another terminal, and deleting its data."""

import argparse
import shutil
import signal
import sys
import time
from pathlib import Path

from deploy.launcher import records
from deploy.launcher.failure import Failure
from deploy.launcher.language import text
from deploy.launcher.launch import Launch
from deploy.launcher.lock import only_one
from deploy.launcher.postgres_as_root import forget_data_elsewhere
from deploy.launcher.processes import send

LIMIT = 60.0
DATA = ("pg", "pg.unfinished", "mq", "keys", "sandbox", "stamps", "log", "run", "secrets.json", "env.json")
"""What `reset` deletes. Downloaded programs and remembered ports stay: they are not data."""


def down(launch: Launch, _options: argparse.Namespace) -> int:
    launcher = records.running_launcher(launch.layout.run)
    if launcher is None:
        left = records.clear_leftovers(launch.layout.run)
        launch.console.note("leftovers" if left else "nothing.to.stop", names=", ".join(left))
        return 0
    began = time.monotonic()
    send(launcher.pid, signal.SIGTERM)
    while launcher.alive:
        launch.interrupts.pause(0.1)
        if time.monotonic() - began > LIMIT:
            raise Failure("down.slow", pid=launcher.pid, seconds=int(LIMIT))
    launch.console.done("down", time.monotonic() - began, command=launcher.command, pid=launcher.pid)
    return 0


def reset(launch: Launch, options: argparse.Namespace) -> int:
    layout = launch.layout
    running = records.running_launcher(layout.run)
    if running:
        raise Failure("reset.running", pid=running.pid)
    if not options.yes:
        _ask(launch, layout.home)
    with only_one(launch, "reset"):
        for name in DATA:
            delete(layout.home / name)
    launch.console.done("reset", folder=layout.home)
    return 0


def delete(place: Path) -> None:
    forget_data_elsewhere(place)
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)


def _ask(launch: Launch, folder: Path) -> None:
    if not sys.stdin.isatty():
        raise Failure("reset.needs.yes")
    launch.console.line(text("reset.ask", folder=folder))
    if sys.stdin.readline().strip().lower() not in ("y", "yes", "是"):
        raise Failure("reset.refused")
