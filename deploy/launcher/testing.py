"""`test`: a database and a broker of its own beside a running mall, the groups one after the other, one last line."""

import argparse
import os
import time
from collections.abc import Mapping
from pathlib import Path

from deploy.launcher import records
from deploy.launcher.backing import Backing, Wish, choose_backing, drop_what_was_made, unique_name
from deploy.launcher.databases import Databases
from deploy.launcher.environment import child_environment
from deploy.launcher.language import text
from deploy.launcher.launch import Launch
from deploy.launcher.ports import Ports
from deploy.launcher.processes import same_process, start_child
from deploy.launcher.python_env import ensure_venv
from deploy.launcher.stopping import delete
from deploy.launcher.stragglers import end_stragglers
from deploy.launcher.suite_groups import Group, chosen_groups
from deploy.launcher.suite_report import NOTHING_COLLECTED, Tally, tally_of
from deploy.launcher.supervisor import Supervisor
from deploy.launcher.watching import watch_until_end

GROUND_LIMIT = 90.0


def run_tests(launch: Launch, options: argparse.Namespace) -> int:
    groups = chosen_groups(options.group, [word for word in options.rest if word != "--"])
    launch.layout.make()
    _clear_dead_runs(launch.layout.home)
    ensure_venv(launch)
    own = Launch(launch.layout.inside(f"test-{os.getpid()}"), launch.console, launch.interrupts)
    own.layout.make()
    records.announce_launcher(own.layout.run, "test", "")
    supervisor, backing = Supervisor(own), Backing()
    try:
        settings = {"MALL_HOME": str(own.layout.home)}
        if any(group.needs_services for group in groups):
            settings |= _lay_ground(own, supervisor, backing, system=options.services == "system")
        return _run_groups(own, supervisor, groups, settings, launch.layout.log / "tests")
    finally:
        _clear(own, supervisor, backing)


def _lay_ground(launch: Launch, supervisor: Supervisor, backing: Backing, *, system: bool) -> dict[str, str]:
    wish = Wish(name=unique_name("test"), system=system, temporary=True, passing=True)
    with launch.console.timed("test.ground"):
        choose_backing(launch, wish, Ports(launch.layout.home / "ports.json", usual=False), backing)
        supervisor.add(backing.programs)
        supervisor.wait_ready(GROUND_LIMIT)
        Databases(launch.layout.python, backing.database_url).create_base()
    return {"MALL_TEST_DATABASE_URL": backing.database_url, "MALL_TEST_AMQP_URL": backing.amqp_url}


def _run_groups(
    launch: Launch, supervisor: Supervisor, groups: list[Group], settings: Mapping[str, str], reports: Path
) -> int:
    reports.mkdir(parents=True, exist_ok=True)
    total, worst = Tally(), 0
    for group in groups:
        tally, code = _run_group(launch, supervisor, group, settings, reports)
        total, worst = total + tally, max(worst, code)
    if total.missing and os.environ.get("CI") == "true":
        launch.console.trouble("test.skips.in.ci", count=total.missing)
        worst = max(worst, 1)
    launch.console.line(total.last_line)
    return worst


def _run_group(
    launch: Launch, supervisor: Supervisor, group: Group, settings: Mapping[str, str], reports: Path
) -> tuple[Tally, int]:
    console, words = launch.console, group.command_line(launch.layout.root)
    report = reports / f"{group.name}.xml"
    report.unlink(missing_ok=True)
    if not words:
        console.tell("test.nothing", name=group.name)
        return Tally(), 0
    console.tell("test.group", name=group.name, what=" ".join(words))
    began = time.monotonic()
    command: list[str | Path] = [launch.layout.python, "-m", "pytest", f"--junitxml={report}", *words]
    child = start_child(command, output=None, env=child_environment(settings), cwd=launch.layout.root)
    code = watch_until_end(supervisor, child)
    _tell_result(launch, group, code, time.monotonic() - began)
    return tally_of(report, code), 0 if code == NOTHING_COLLECTED else code


def _tell_result(launch: Launch, group: Group, code: int, seconds: float) -> None:
    console = launch.console
    if code == NOTHING_COLLECTED:
        console.tell("test.nothing", name=group.name)
    else:
        result = text("test.failed", code=code) if code else text("test.passed")
        console.tell("test.time", name=group.name, seconds=f"{seconds:.1f}", result=result)


def _clear(launch: Launch, supervisor: Supervisor, backing: Backing) -> None:
    """Whatever happened: no process, no database, no virtual host, no folder stays."""
    launch.interrupts.ignore()
    stragglers = end_stragglers(launch.layout.home)
    if stragglers:
        launch.console.note("test.stragglers", pids=" ".join(map(str, stragglers)))
    drop_what_was_made(launch, backing)
    supervisor.stop()
    _delete_home(launch.layout.home)


def _clear_dead_runs(home: Path) -> None:
    """Of test runs that were killed with -9. Their launcher's pid is in the folder's name."""
    for folder in home.glob("test-*"):
        runs = records.read_all(folder / "run")
        if not any(run.name == records.LAUNCHER and same_process(run.pid, run.started) for run in runs):
            records.clear_leftovers(folder / "run")
            end_stragglers(folder)
            _delete_home(folder)


def _delete_home(home: Path) -> None:
    delete(home / "pg")
    delete(home)
