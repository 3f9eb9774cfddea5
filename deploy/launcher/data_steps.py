"""Keys, migrations, queues, seeds: each idempotent, most skipped when a stamp proves that nothing has changed."""

import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.launcher.backing import Backing
from deploy.launcher.databases import Databases
from deploy.launcher.environment import child_environment
from deploy.launcher.failure import Failure, last_lines
from deploy.launcher.launch import Launch
from deploy.launcher.layout import Layout
from deploy.launcher.logins import as_the_owner, login_passwords
from deploy.launcher.processes import send
from deploy.launcher.roster import Step
from deploy.launcher.setup_commands import start_logged, wait_for
from deploy.launcher.stamps import digest, holds, put


def make_keys(launch: Launch, step: Step, settings: Mapping[str, str]) -> None:
    layout = launch.layout
    source, stamp = layout.root / "deploy" / "sandbox" / "keys.py", layout.stamps / "keys"
    if not holds(stamp, digest([source, *_key_files(layout)])):
        _run_step(launch, (*step, str(layout.keys)), settings, "keys")
        put(stamp, digest([source, *_key_files(layout)]))


def migrate(launch: Launch, step: Step, backing: Backing, settings: Mapping[str, str]) -> None:
    """Unless files, logins and the very databases are those of last time; one made anew has another identity."""
    layout, console = launch.layout, launch.console
    databases, stamp, files = Databases(layout.python, backing.database_url), layout.stamps / "migrate", _files(layout)
    passwords = login_passwords(layout).values()
    if holds(stamp, digest(files, databases.identity(), *passwords)):
        console.done("migrations.current")
        return
    began = time.monotonic()
    version = databases.create_base()
    _run_step(launch, step, as_the_owner(layout, settings), "migrate")
    put(stamp, digest(files, databases.identity(), *passwords))
    console.done("migrations.done", time.monotonic() - began, version=version)


@contextmanager
def preparing_broker(launch: Launch, step: Step, settings: Mapping[str, str]) -> Iterator[None]:
    """The step is made while the broker starts, for which it waits, and has been made when the block is left.

    Always: it is idempotent, and nothing here could tell a broker that was made anew.
    """
    child = _start_step(launch, step, settings, "topology")
    try:
        yield
        _end_of(launch, child, "topology")
    finally:
        if child.poll() is None:
            send(child.pid, signal.SIGKILL, whole_group=True)
            child.wait()


def seed(launch: Launch, step: Step, backing: Backing, settings: Mapping[str, str]) -> None:
    layout = launch.layout
    stamp = layout.stamps / "seed"
    files = [*layout.root.glob("deploy/seed.py"), *layout.root.glob("deploy/seed/**/*.*")]
    sources = [file for file in files if file.suffix != ".pyc"]
    value = digest(sources, Databases(layout.python, backing.database_url).identity())
    if holds(stamp, value):
        return
    began = time.monotonic()
    summary = _run_step(launch, step, settings, "seed")
    put(stamp, value)
    launch.console.done("seeded", time.monotonic() - began, summary=summary)


def _run_step(launch: Launch, step: Step, settings: Mapping[str, str], name: str) -> str:
    """Returns the last line the step wrote: by agreement its summary."""
    child = _start_step(launch, step, settings, name)
    return _end_of(launch, child, name)


def _start_step(launch: Launch, step: Step, settings: Mapping[str, str], name: str) -> "subprocess.Popen[bytes]":
    layout = launch.layout
    return start_logged([layout.python, *step], _log_of(launch, name), env=child_environment(settings), cwd=layout.root)


def _end_of(launch: Launch, child: "subprocess.Popen[bytes]", name: str) -> str:
    log = _log_of(launch, name)
    if wait_for(child, launch.interrupts):
        raise Failure("step.failed", step=name, log=log, tail=last_lines(log))
    return last_lines(log, 1)


def _log_of(launch: Launch, name: str) -> Path:
    return launch.layout.log / f"{name}.log"


def _key_files(layout: Layout) -> list[Path]:
    return list(layout.keys.glob("*.pem"))


def _files(layout: Layout) -> list[Path]:
    services = layout.root / "services"
    sources = [*services.glob("*/migrations/**/*.py"), *services.glob("chassis/alembic/**/*.*")]
    roles = [*services.glob("*/roles.py"), *services.glob("chassis/data/roles.py")]
    found = [*sources, *roles, *services.glob("chassis/migrate.py")]
    return [file for file in found if file.suffix != ".pyc"]
