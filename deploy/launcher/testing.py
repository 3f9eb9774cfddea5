"""`test`: a database and a broker of its own beside a running mall, the groups of tests, one last line."""

import argparse
import os
from pathlib import Path

from deploy.launcher import records
from deploy.launcher.backing import Backing, Wish, choose_backing, drop_what_was_made, unique_name
from deploy.launcher.databases import Databases
from deploy.launcher.launch import Launch
from deploy.launcher.ports import Ports
from deploy.launcher.processes import same_process
from deploy.launcher.python_env import ensure_venv
from deploy.launcher.stopping import delete
from deploy.launcher.stragglers import end_stragglers
from deploy.launcher.suite_groups import chosen_groups
from deploy.launcher.suite_run import SuiteRun
from deploy.launcher.supervisor import Supervisor

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
        return SuiteRun(own, supervisor, settings, launch.layout.log / "tests").run(groups)
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
