"""`demo`, `bench` and `ops`: programs that run against the mall, the one that is up or one brought up for them."""

import argparse
import os
import signal
from pathlib import Path
from typing import NoReturn

from deploy.launcher import records
from deploy.launcher.backing import Wish, drop_what_was_made, unique_name
from deploy.launcher.bringup import Mall, bring_up
from deploy.launcher.command_line import asks_for_help, build_parser
from deploy.launcher.environment import child_environment, read_settings
from deploy.launcher.failure import Failure
from deploy.launcher.language import spoken
from deploy.launcher.launch import Launch
from deploy.launcher.lock import only_one
from deploy.launcher.processes import start_child
from deploy.launcher.running import lasting_wish
from deploy.launcher.supervisor import Supervisor
from deploy.launcher.watching import watch_until_end


def demo(launch: Launch, options: argparse.Namespace) -> int:
    flags = [flag for flag, wanted in (("--slow", options.slow), ("--json", options.json)) if wanted]
    module = ["deploy.demo", "--lang", spoken(), *flags]
    return _play(launch, module, lasting_wish(launch, options))


def bench(launch: Launch, options: argparse.Namespace) -> int:
    module = ["tests.load.bench", *options.rest, *(["--json"] if options.json else [])]
    wish = lasting_wish(launch, options)
    if options.services == "system":
        wish = Wish(name=unique_name("bench"), system=True, temporary=True)
    return _play(launch, module, wish)


def ops(launch: Launch, options: argparse.Namespace) -> int:
    settings = settings_of_running(launch)
    if settings is None and not asks_for_help(options.rest):
        raise Failure("nothing.runs")
    if not launch.layout.python.exists():  # only the operations themselves know more than this
        build_parser().parse_args(["ops", "--help"])
    _become(launch, ["deploy.ops", *options.rest], settings or {})


def settings_of_running(launch: Launch) -> dict[str, str] | None:
    """The settings of the mall of this folder; None when none runs."""
    launcher = records.running_launcher(launch.layout.run)
    if launcher is None or launcher.command == "migrate":
        return None
    settings = read_settings(launch.layout)
    if not settings:
        raise Failure("still.starting", pid=launcher.pid)
    return settings


def _play(launch: Launch, module: list[str], wish: Wish) -> int:
    settings = settings_of_running(launch)
    if settings is not None:
        _become(launch, module, settings)
    with only_one(launch, module[0].rpartition(".")[2]):
        mall = Mall.of(launch)
        try:
            bring_up(mall, wish)
            return _run_beside(mall.supervisor, launch, module, mall.settings)
        finally:
            mall.stop()
            if wish.temporary:
                drop_what_was_made(launch, mall.backing)


def _run_beside(supervisor: Supervisor, launch: Launch, module: list[str], settings: dict[str, str]) -> int:
    """Watches the mall while the program runs: a story may well kill a service to show what happens."""
    command: list[str | Path] = [launch.layout.python, "-m", *module]
    child = start_child(command, output=None, env=child_environment(settings), cwd=launch.layout.root)
    return watch_until_end(supervisor, child)


def _become(launch: Launch, module: list[str], settings: dict[str, str]) -> NoReturn:
    """Nothing is left to do here: the program takes this process over, with its terminal and its exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.chdir(launch.layout.root)
    python = str(launch.layout.python)
    os.execve(python, [python, "-m", *module], child_environment(settings))  # noqa: S606 - no shell is the point
